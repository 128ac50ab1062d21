import type { Place, SourceText } from "./source-text.ts";

/** One argument of an instruction, before variables and quotes are resolved. */
export interface Word {
  readonly text: string;
  readonly place: Place;
}

/** Words between white space, as most instructions have them; quotes do not hold words together. */
export function splitAtSpaces(source: SourceText): Word[] {
  return [...source.text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    place: source.placeAt(match.index),
  }));
}

/** Words as ENV and LABEL have them: white space in quotes, or after the escape character, belongs to a word. */
export function splitQuotedWords(source: SourceText, escapeCharacter: string): Word[] {
  const words: Word[] = [];
  let start = -1;
  let quote = "";
  const { text } = source;
  const finish = (end: number) => {
    if (start >= 0) words.push({ text: text.slice(start, end), place: source.placeAt(start) });
    start = -1;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const isSpace = /\s/.test(character);
    if (isSpace && quote === "") {
      finish(index);
      continue;
    }
    if (start < 0) start = index;
    if (character === escapeCharacter && quote !== "'") index++;
    else if (character === quote) quote = "";
    else if (quote === "" && (character === '"' || character === "'")) quote = character;
  }
  finish(text.length);
  return words;
}

/**
 * The JSON form of arguments, `["a", "b"]`.
 *
 * @returns undefined when it is not a JSON list of strings; builders then take the text as plain words
 */
export function parseJsonForm(source: SourceText): Word[] | undefined {
  if (!source.text.trimStart().startsWith("[")) return undefined;
  let values: unknown;
  try {
    values = JSON.parse(source.text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string")) {
    return undefined;
  }
  const places = [...source.text.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ index }) => index);
  return values.map((text, index) => ({ text, place: source.placeAt(places[index] ?? 0) }));
}
