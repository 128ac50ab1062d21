import { isDeepStrictEqual } from "node:util";
import { compilePattern } from "../settings/patterns.ts";
import type { ExpectedJsonSettings } from "../settings/test-settings.ts";
import { LimitedBuffer } from "../system/limited-buffer.ts";
import { openVolumeFile, type Volume } from "../vm/volume-files.ts";

const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** As much of a value as a message shows. */
const SHOWN_CHARACTERS = 200;

/** Deeper values, which only a hostile guest prints, would exhaust the stack of what compares them. */
const MAX_DEPTH = 500;

/** Text to look for JSON in. */
interface JsonText {
  readonly text: string;
  /** Why not all of it is there, as a clause. */
  readonly cut?: string | undefined;
}

/** Nothing is at a JSON Pointer. */
const NOTHING = Symbol("nothing");

/**
 * Looks for fields of JSON in a command's standard output, or in files of the VM's volumes.
 *
 * @returns one sentence for each difference
 */
export async function judgeJson(
  expected: readonly ExpectedJsonSettings[],
  stdout: JsonText,
  volumes: readonly Volume[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const field of expected) {
    const source = field.file ?? "stdout";
    const read = field.file === undefined ? stdout : await readText(field.file, volumes);
    problems.push(...("problem" in read ? [read.problem] : await judge(field, source, read)));
  }
  return problems;
}

async function judge(
  field: ExpectedJsonSettings,
  source: string,
  { text, cut }: JsonText,
): Promise<string[]> {
  if (cut !== undefined) return [`${source} cannot be read as JSON: ${cut}`];
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return [`${source} is not JSON: ${(error as Error).message}`];
  }
  const { at, equals, matches } = field;
  const place = `${source} at ${at === "" ? "its root" : at}`;
  const value = valueAt(document, at);
  if (value === NOTHING) return [`${source} has nothing at ${at}`];
  if (isTooDeep(value)) return [`${place} is nested more than ${MAX_DEPTH} levels deep`];
  if (equals !== undefined && !isDeepStrictEqual(value, equals)) {
    return [`${place} is ${shown(value)}, expected ${shown(equals)}`];
  }
  const asText = typeof value === "string" ? value : JSON.stringify(value);
  if (matches !== undefined && !(await compilePattern(matches)).test(asText)) {
    return [`${place} does not match /${matches}/; it is ${shown(value)}`];
  }
  return [];
}

/** @see https://www.rfc-editor.org/rfc/rfc6901 */
function valueAt(document: unknown, pointer: string): unknown {
  const names = pointer.split("/").slice(1);
  let value = document;
  for (const escaped of names) {
    const name = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    const isIndex = !Array.isArray(value) || /^(0|[1-9]\d*)$/.test(name);
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    if (!isIndex || !isThere) return NOTHING;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null ? Object.values(item) : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

async function readText(
  path: string,
  volumes: readonly Volume[],
): Promise<JsonText | { readonly problem: string }> {
  const opened = await openVolumeFile(volumes, path);
  if ("problem" in opened) return opened;
  try {
    const { size } = await opened.stat();
    if (size > MAX_JSON_BYTES) return { problem: `${path} is too large to be read as JSON` };
    const content = new LimitedBuffer(MAX_JSON_BYTES);
    const stream = opened.createReadStream({ autoClose: false, end: MAX_JSON_BYTES - 1 });
    for await (const chunk of stream) content.append(chunk);
    return { text: content.toString() };
  } finally {
    await opened.close();
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
}
