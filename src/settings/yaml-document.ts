import type { Document, LineCounter, Node, Pair, ParsedNode, YAMLMap } from "yaml";

/** Where something stands in a file; both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Position {
  readonly message: string;
}

export type KeyPath = readonly (string | number)[];

export interface YamlDocument {
  /** The content as plain values; undefined for a file without any. */
  readonly value: unknown;
  /** The text of the scalar at a path as it is written, so that `1.10` stays `1.10`. */
  sourceAt(path: KeyPath): string | undefined;
  /** Where the value at a path stands, or its key; the nearest parent's place when it is missing. */
  positionOf(path: KeyPath, part: "key" | "value"): Position;
}

/**
 * Structures deeper than this are refused before they are parsed: parsers recurse, and running out of
 * stack inside a regular expression ends the whole process.
 */
const MAX_DEPTH = 64;
const MAX_INDENTATION = 256;

/** How often an alias may be used, those within others counted for each; a guard against alias bombs. */
const MAX_ALIAS_COUNT = 1000;

/**
 * Parses one YAML 1.2 document strictly: no duplicate keys, no unknown tags, no second document. Merge keys (`<<`) of
 * YAML 1.1 are known.
 * Everything found wrong comes back as problems with places.
 */
export async function parseYaml(text: string): Promise<YamlDocument | YamlProblem[]> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const tooDeep = findExcessiveDepth(text, yaml);
  if (tooDeep !== undefined) {
    return [{ ...positionInText(text, tooDeep), message: "the structure is nested too deeply" }];
  }
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    strict: true,
    stringKeys: true,
    uniqueKeys: true,
    merge: true,
    prettyErrors: false,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return faults.map((fault) => ({
      ...toPosition(lines, fault.pos[0]),
      message: describeFault(fault, text),
    }));
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ line: 1, column: 1, message: "aliases (*name) are used too often" }];
  }
  return {
    value: value ?? undefined,
    sourceAt(path) {
      const node = nodeAt(document, path, yaml);
      return yaml.isScalar(node) ? node.source : undefined;
    },
    positionOf: (path, part) => locate(document, lines, path, part, yaml),
  };
}

type Yaml = typeof import("yaml");

/** The offset at which nesting passes the limits; found without recursion. */
function findExcessiveDepth(text: string, yaml: Yaml): number | undefined {
  let offset = 0;
  let flowDepth = 0;
  let indicatorsInLine = 0;
  let atLineStart = true;
  let isScalarNext = false;
  for (const token of new yaml.Lexer().lex(text)) {
    // The lexer marks scalars by a token of their own, which is not part of the text.
    const type: string | null = isScalarNext ? "scalar-text" : yaml.CST.tokenType(token);
    isScalarNext = type === "scalar";
    if (type === "scalar" || type === "doc-mode" || type === "flow-error-end") continue;
    if (type === "flow-seq-start" || type === "flow-map-start") flowDepth++;
    else if (type === "flow-seq-end" || type === "flow-map-end") flowDepth--;
    else if (type === "seq-item-ind" || type === "explicit-key-ind") indicatorsInLine++;
    else if (type === "newline") indicatorsInLine = 0;
    const isIndented = atLineStart && type === "space" && token.length > MAX_INDENTATION;
    if (isIndented || flowDepth + indicatorsInLine > MAX_DEPTH) return offset;
    atLineStart = type === "newline";
    offset += token.length;
  }
  return undefined;
}

function describeFault(
  fault: { code: string; message: string; pos: [number, number] },
  text: string,
) {
  switch (fault.code) {
    case "DUPLICATE_KEY": {
      const key = /^[^:\n]*/.exec(text.slice(fault.pos[0], fault.pos[0] + 100))?.[0].trim();
      return `the key ${key} occurs twice in one map`;
    }
    case "MULTIPLE_DOCS":
      return "a second document starts here (---); there must be one";
    case "TAB_AS_INDENT":
      return "a tab is used for indentation; use spaces";
    default:
      return `this is not valid YAML: ${fault.message}`;
  }
}

function toPosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function positionInText(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function locate(
  document: Document.Parsed,
  lines: LineCounter,
  path: KeyPath,
  part: "key" | "value",
  yaml: Yaml,
): Position {
  let node: Node | null | undefined = document.contents;
  let place: Node | null | undefined = node;
  for (const [index, step] of path.entries()) {
    node = resolved(node, document, yaml);
    if (yaml.isSeq(node)) {
      node = (node.items as ParsedNode[])[Number(step)];
      place = node ?? place;
    } else if (yaml.isMap(node)) {
      const pair = findPair(node, step, document, yaml);
      if (!pair) break;
      const isKeyWanted = part === "key" && index === path.length - 1;
      node = pair.value as Node | null;
      place = isKeyWanted || !node?.range ? (pair.key as Node) : node;
    } else {
      break;
    }
  }
  return toPosition(lines, place?.range?.[0] ?? 0);
}

/** What an alias stands for; any other node itself. */
function resolved(
  node: Node | null | undefined,
  document: Document.Parsed,
  yaml: Yaml,
): Node | null | undefined {
  return yaml.isAlias(node) ? node.resolve(document) : node;
}

function nodeAt(document: Document.Parsed, path: KeyPath, yaml: Yaml): Node | null | undefined {
  let node = resolved(document.contents, document, yaml);
  for (const step of path) {
    const below = yaml.isSeq(node)
      ? (node.items as ParsedNode[])[Number(step)]
      : yaml.isMap(node)
        ? (findPair(node, step, document, yaml)?.value as Node | null | undefined)
        : undefined;
    node = resolved(below, document, yaml);
  }
  return node;
}

/** The pair with a key: a map's own, else one of a map that is merged into it. */
function findPair(
  map: YAMLMap,
  key: string | number,
  document: Document.Parsed,
  yaml: Yaml,
): Pair | undefined {
  const own = map.items.find(
    (pair) => yaml.isScalar(pair.key) && String(pair.key.value) === String(key),
  );
  if (own) return own;
  for (const { key: mergeKey, value } of map.items) {
    if (!yaml.isScalar(mergeKey) || mergeKey.source !== "<<") continue;
    const merged = resolved(value as Node | null, document, yaml);
    for (const source of yaml.isSeq(merged) ? merged.items : [merged]) {
      const from = resolved(source as Node | null, document, yaml);
      const pair = yaml.isMap(from) ? findPair(from, key, document, yaml) : undefined;
      if (pair) return pair;
    }
  }
  return undefined;
}
