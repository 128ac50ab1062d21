import { displayName, type EntryMetadata } from "../oci/entry.ts";
import { displayText } from "../system/display-text.ts";
import { isAtOrBelow } from "../system/paths-below.ts";
import { foreignMachine } from "../vm/image/machines.ts";
import { type ProgramFormat, programFormat } from "../vm/image/program-format.ts";
import { VM_MOUNTS } from "../vm/image/vm-mounts.ts";
import { searchPath } from "./effective-commands.ts";
import { effectiveVolumes } from "./effective-image.ts";
import { entryPath, followLinks, imageFiles } from "./image-files.ts";
import type { LintContext } from "./rule.ts";

/** What keeps a program from running in a VM. */
export interface ProgramProblem {
  readonly kind: "machine" | "interpreter" | "search";
  /** A clause, such as `is a program for 64-bit ARM`. */
  readonly text: string;
}

/** Bytes of a program's start in which its headers, and what they name, are found. */
export const PROGRAM_BYTES = 4096;

/** Where the C libraries look when there is no PATH: `confstr(_CS_PATH)`, and musl's execvp. */
const SEARCHED_BY_GLIBC = ["/bin", "/usr/bin"];
const SEARCHED_BY_MUSL = ["/usr/local/bin", "/bin", "/usr/bin"];

export function isProgram({ type, mode }: EntryMetadata): boolean {
  return type === "file" && (mode & 0o111) !== 0;
}

/** @param path where the program really is, as entries have it; its head must have been read */
export function programProblem(context: LintContext, path: string): ProgramProblem | undefined {
  const head = context.contents?.get(path);
  if (!head) return undefined;
  const format = programFormat(head);
  if (format.kind === "unknown") return undefined;
  const machine = format.kind === "elf" ? foreignMachine(format.machine) : undefined;
  if (machine !== undefined) {
    return { kind: "machine", text: `is a program for ${machine}, and VMs are x86-64` };
  }
  return missingInterpreter(context, format) ?? missingProgramOfEnv(context, head, format);
}

function missingInterpreter(
  context: LintContext,
  format: ProgramFormat,
): ProgramProblem | undefined {
  const interpreter = format.kind === "unknown" ? undefined : format.interpreter;
  // A header that names something beyond what was read is not known.
  if (!interpreter?.startsWith("/") || isElsewhere(context, interpreter)) return undefined;
  const found = followLinks(imageFiles(context.entries ?? []), interpreter);
  if (found) return undefined;
  const role = format.kind === "elf" ? "its dynamic linker" : "its interpreter";
  const lineEnd = interpreter.endsWith("\r") ? " (the script has Windows line ends)" : "";
  const name = displayText(displayName(interpreter));
  return {
    kind: "interpreter",
    text: `needs ${role} ${name}, which the image does not have${lineEnd}`,
  };
}

/** What a mount or a volume has at run time is not known. */
function isElsewhere(context: LintContext, path: string): boolean {
  const volumes = effectiveVolumes(context).map((volume) => `/${entryPath(volume.path)}`);
  return [...VM_MOUNTS, ...volumes].some((mount) => isAtOrBelow(path, mount));
}

/** A script for `/usr/bin/env node`: without PATH, env looks in fewer directories than a shell. */
function missingProgramOfEnv(
  context: LintContext,
  head: Buffer,
  format: ProgramFormat,
): ProgramProblem | undefined {
  if (format.kind !== "script" || !/\/env$/.test(format.interpreter)) return undefined;
  const line = head.toString("latin1").split("\n", 1)[0] ?? "";
  const program = /env\s+(?:-S\s*)?([\w.+-]+)\s*(?:\s.*)?$/.exec(line)?.[1];
  const searched = searchedByEnv(context, format.interpreter);
  if (program === undefined || program.startsWith("-") || !searched) return undefined;
  const files = imageFiles(context.entries ?? []);
  const isIn = (directory: string) => followLinks(files, `${directory}/${program}`) !== undefined;
  if (searched.some(isIn)) return undefined;
  const name = displayText(program);
  const directory = searchPath(context).find(isIn);
  if (directory === undefined) {
    return { kind: "interpreter", text: `needs ${name}, which the image does not have` };
  }
  return {
    kind: "search",
    text: `is started by ${displayText(format.interpreter)} ${name}, which does not look in ${displayText(directory)} when ENV's PATH is not there`,
  };
}

function searchedByEnv(context: LintContext, interpreter: string): string[] | undefined {
  const env = followLinks(imageFiles(context.entries ?? []), interpreter);
  const head = env && context.contents?.get(env.path);
  const format = head && programFormat(head);
  const linker = format?.kind === "elf" ? format.interpreter : undefined;
  if (linker === undefined) return undefined;
  if (linker.includes("/ld-musl")) return SEARCHED_BY_MUSL;
  return linker.includes("/ld-linux") ? SEARCHED_BY_GLIBC : undefined;
}
