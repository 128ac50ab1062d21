/** `${instances.NAME.ip}`, and with one more `$` before it the text itself. */
const REFERENCE = /\$(\$?)\{instances\.([^.}]*)\.ip\}/g;

/** The instances whose addresses a text asks for. */
export function instanceReferences(text: string): string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([, escaped, name]) =>
    escaped ? [] : [name ?? ""],
  );
}

/**
 * Puts the instances' addresses into a text. `$${instances.db.ip}` stands for the text `${instances.db.ip}`;
 * every other `$` is left alone, since shells have their own use for it.
 */
export function withInstanceAddresses(
  text: string,
  addresses: ReadonlyMap<string, string>,
): string {
  return text.replace(REFERENCE, (all, escaped: string, name: string) =>
    escaped ? all.slice(1) : (addresses.get(name) ?? all),
  );
}
