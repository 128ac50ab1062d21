import type { Place } from "../dockerfile/source-text.ts";
import { type ByteString, displayName, type EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { effectiveCommands, searchPath } from "./effective-commands.ts";
import { followLinks, imageFiles } from "./image-files.ts";
import type { LintContext } from "./rule.ts";

/** Scripts are short; what is longer is a program with a script in front. */
const MAX_SCRIPT_BYTES = 64 * 1024;

/** A script in the image that ENTRYPOINT or CMD starts. */
export interface EntryScript {
  /** As a person can read it, absolute. */
  readonly name: string;
  readonly text: string;
  /** Of the instruction that starts it. */
  readonly place: Place;
}

/** How many bytes of a file to ask for so that `entryScripts` sees it, when it may be an entry script. */
export function entryScriptBytes({ path, size }: EntryMetadata, config: RunConfig): number {
  const words = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isNamed = words.some((word) =>
    word.split(/[\s;&|]+/).some((part) => byteString(part.split("/").at(-1) ?? "") === name),
  );
  return isNamed ? Math.min(size, MAX_SCRIPT_BYTES) : 0;
}

/** The scripts that the image starts, as far as they were read. */
export function entryScripts(context: LintContext): EntryScript[] {
  const { entries, contents } = context;
  if (!entries || !contents) return [];
  const files = imageFiles(entries);
  const scripts = new Map<ByteString, EntryScript>();
  for (const { source, argv, place } of effectiveCommands(context)) {
    if (source === "test") continue;
    for (const word of argv.flatMap((part) => part.split(/[\s;&|]+/))) {
      for (const candidate of candidates(word, context)) {
        const entry = followLinks(files, byteString(candidate));
        const content = entry && contents.get(entry.path);
        if (!entry || !content || scripts.has(entry.path)) continue;
        if (!isScript(content)) continue;
        const name = `/${displayName(entry.path)}`;
        scripts.set(entry.path, { name, text: content.toString("utf8"), place });
      }
    }
  }
  return [...scripts.values()];
}

function candidates(word: string, context: LintContext): string[] {
  if (word.startsWith("/")) return [word];
  if (!/^[\w./+-]+$/.test(word) || word.startsWith("-")) return [];
  const directory = context.config?.WorkingDir || "/";
  if (word.includes("/")) return [`${directory}/${word}`];
  return [...searchPath(context).map((path) => `${path}/${word}`), `${directory}/${word}`];
}

const isScript = (content: Buffer) => content.subarray(0, 2).toString("latin1") === "#!";

const byteString = (text: string) => Buffer.from(text, "utf8").toString("latin1");
