/**
 * Replaces `$NAME` and `${NAME}` as Go's os.Expand does, which container-structure-test applies to commands: what is
 * unknown becomes empty, and a `$` that no name follows stays, so `$(...)` survives.
 *
 * @see https://pkg.go.dev/os#Expand
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{([^}]*)\}|(\{)|([A-Za-z_]\w*)|([*#$@!?\-0-9]))/g,
    (_all, braced?: string, open?: string, name?: string, special?: string) => {
      if (open !== undefined || braced === "") return "";
      return variables.get(braced ?? name ?? special ?? "") ?? "";
    },
  );
}

/** Variables whose values may name others, which do not see each other: as the original expands them. */
export function expandedVariables(
  variables: readonly { readonly key: string; readonly value: string }[],
  known: ReadonlyMap<string, string>,
): Map<string, string> {
  return new Map(variables.map(({ key, value }) => [key, expandVariables(value, known)]));
}

/** `KEY=value` texts as a map; the last of one name counts. */
export function variablesOf(environment: readonly string[]): Map<string, string> {
  return new Map(
    environment.map((entry) => {
      const at = entry.indexOf("=");
      return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
