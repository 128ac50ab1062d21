import { readFile, writeFile } from "node:fs/promises";
import { ConversionError } from "../src/errors.ts";

/**
 * Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`.
 *
 * @throws {ConversionError} when the text has no such place, or several
 */
export function replaceSection(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, inside, ...others] = text.split(start);
  const after = inside?.split(end)[1];
  if (before === undefined || after === undefined || others.length > 0) {
    throw new ConversionError(`There is no place for results: it starts with "${start}", once.`);
  }
  return `${before}${start}\n${content}\n${end}${after}`;
}

/** Replaces sections of a file. */
export async function writeSections(
  path: string,
  sections: Readonly<Record<string, string>>,
): Promise<void> {
  let text = await readFile(path, "utf8");
  for (const [name, content] of Object.entries(sections)) {
    text = replaceSection(text, name, content);
  }
  await writeFile(path, text);
}
