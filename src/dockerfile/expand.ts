/**
 * Variables by name. `undefined`: declared without a value; `null`: with a value that only the build knows.
 */
export type Variables = ReadonlyMap<string, string | undefined | null>;

export interface Scope {
  readonly variables: Variables;
  readonly escapeCharacter: string;
  /** Whether variables that are not declared are known to be empty: no base image can have set them. */
  readonly isComplete: boolean;
}

/** The value of a word whose every part is known. */
export type Expansion =
  | { readonly kind: "known"; readonly value: string }
  /** A variable in it has a value that only the build knows. */
  | { readonly kind: "unknown" }
  /** A quote or brace has no end: builders refuse it. */
  | { readonly kind: "invalid"; readonly reason: string };

/** Variables within defaults of variables; nobody writes more than two. */
const MAX_DEPTH = 16;

/** A few lines such as `ENV A=$A$A` would otherwise fill the memory. */
const MAX_LENGTH = 32 * 1024;

/**
 * Resolves quotes, escapes and variables of one word as Dockerfile builders do.
 *
 * @see https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandWord(text: string, scope: Scope, depth = 0): Expansion {
  if (depth > MAX_DEPTH) return { kind: "unknown" };
  const { escapeCharacter } = scope;
  let value = "";
  let quote = "";
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character === escapeCharacter && quote !== "'") {
      const next = text.charAt(index + 1);
      const isKept = quote === '"' && !['"', "$", escapeCharacter].includes(next);
      value += isKept ? character + next : next;
      index += 2;
    } else if (character === quote) {
      quote = "";
      index++;
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      index++;
    } else if (character === "$" && quote !== "'") {
      const reference = readReference(text, index);
      if (reference === "unclosed") return { kind: "invalid", reason: "a brace has no end" };
      if (reference === undefined) {
        value += character;
        index++;
        continue;
      }
      const resolved = resolveReference(reference, scope, depth);
      if (resolved.kind !== "known") return resolved;
      value += resolved.value;
      index = reference.end;
    } else {
      value += character;
      index++;
    }
  }
  if (quote !== "") return { kind: "invalid", reason: `a ${quote} has no end` };
  return value.length > MAX_LENGTH ? { kind: "unknown" } : { kind: "known", value };
}

interface Reference {
  readonly name: string;
  /** What stands between the name and the closing brace, such as `:-default`. */
  readonly modifier: string;
  readonly end: number;
}

function readReference(text: string, start: number): Reference | "unclosed" | undefined {
  const plain = match(/\$([A-Za-z_]\w*|\d)/y, text, start);
  if (plain) return { name: plain.slice(1), modifier: "", end: start + plain.length };
  if (text.charAt(start + 1) !== "{") return undefined;
  const name = match(/\w+/y, text, start + 2) ?? "";
  let depth = 1;
  for (let index = start + 2 + name.length; index < text.length; index++) {
    if (text.charAt(index) === "{" && text.charAt(index - 1) === "$") depth++;
    if (text.charAt(index) === "}") depth--;
    if (depth === 0) {
      return { name, modifier: text.slice(start + 2 + name.length, index), end: index + 1 };
    }
  }
  return "unclosed";
}

/** What a sticky expression finds at an index. */
function match(expression: RegExp, text: string, index: number): string | undefined {
  expression.lastIndex = index;
  return expression.exec(text)?.[0];
}

function resolveReference({ name, modifier }: Reference, scope: Scope, depth: number): Expansion {
  if (!scope.variables.has(name) && !scope.isComplete) return { kind: "unknown" };
  const current = scope.variables.get(name);
  if (current === null) return { kind: "unknown" };
  const [, colon, operator, word = ""] = /^(:?)([-+?])(.*)$/s.exec(modifier) ?? [];
  if (operator === undefined) {
    // Patterns such as ${name#prefix} are for the build to work out.
    return modifier === "" ? { kind: "known", value: current ?? "" } : { kind: "unknown" };
  }
  const isSet = colon === ":" ? (current ?? "") !== "" : current !== undefined;
  if (operator === "+") {
    return isSet ? expandWord(word, scope, depth + 1) : { kind: "known", value: "" };
  }
  if (isSet) return { kind: "known", value: current ?? "" };
  return operator === "-"
    ? expandWord(word, scope, depth + 1)
    : { kind: "invalid", reason: `the variable ${name} is required` };
}
