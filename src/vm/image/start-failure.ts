import { displayName } from "../../oci/entry.ts";
import { followPath } from "../../squashfs/follow-path.ts";
import type { SquashfsEntry, SquashfsReader } from "../../squashfs/squashfs-reader.ts";
import { isAtOrBelow, isBelow } from "../../system/paths-below.ts";
import { openVolumeFile, type Volume } from "../volume-files.ts";
import { foreignMachine } from "./machines.ts";
import { lookIntoImage } from "./open-image.ts";
import { FORMAT_BYTES, programFormat } from "./program-format.ts";
import { VM_MOUNTS } from "./vm-mounts.ts";

/** A command that did not start, and where it was to. */
export interface UnstartedCommand {
  /** Path of the image. */
  readonly image: string;
  readonly volumes: readonly Volume[];
  readonly workingDirectory: string;
  readonly program: string;
}

/** Where programs are looked for that were named wrongly. */
const USUAL_DIRECTORIES = ["bin", "usr/bin", "usr/local/bin", "sbin", "usr/sbin", "usr/local/sbin"];

/** A script may name a script as its interpreter; the kernel follows four. */
const MAX_INTERPRETERS = 4;

/**
 * Looks into the image, and into the volumes of the running VM, for what keeps a command from starting.
 *
 * @returns a clause such as "the image has no /bin/sh"; undefined when nothing is found. What earlier
 * commands have changed outside volumes is not seen.
 */
export async function likelyStartFailure(command: UnstartedCommand): Promise<string | undefined> {
  return lookIntoImage(
    command.image,
    async (reader) =>
      (await directoryProblem(reader, command)) ?? (await programProblem(reader, command)),
  );
}

async function directoryProblem(
  reader: SquashfsReader,
  { workingDirectory, volumes }: UnstartedCommand,
): Promise<string | undefined> {
  const path = workingDirectory;
  // Mount points are made with their parents, below other mounts, too.
  if (volumes.some(({ guestPath }) => isAtOrBelow(guestPath, path))) return undefined;
  const volume = volumes.find(({ guestPath }) => isBelow(path, guestPath));
  if (volume) {
    return `the working directory ${path} is hidden by the VOLUME ${volume.guestPath}, which is empty at the start`;
  }
  const cover = VM_MOUNTS.find((covered) => isBelow(path, covered));
  if (cover) return `the working directory ${path} is hidden: the VM mounts its own ${cover}`;
  const entry = await followPath(reader, byteString(path));
  if (entry === undefined) return `the image has no directory ${path}, the working directory`;
  return entry.type === "directory" ? undefined : `the working directory ${path} is no directory`;
}

async function programProblem(
  reader: SquashfsReader,
  { program, volumes }: UnstartedCommand,
): Promise<string | undefined> {
  if (!program.startsWith("/"))
    return `${program} is no absolute path, and there is no PATH search`;
  if (VM_MOUNTS.some((covered) => isBelow(program, covered))) return undefined;
  if (volumes.some(({ guestPath }) => isBelow(program, guestPath))) {
    return volumeProgramProblem(reader, volumes, program);
  }
  const path = byteString(program);
  const entry = await followPath(reader, path);
  if (entry === undefined) return missing(reader, program);
  return fileProblem(reader, program, await describeEntry(entry));
}

/** What matters of a file that is to be executed. */
interface Program {
  readonly type: SquashfsEntry["type"];
  readonly mode: number;
  /** Its first FORMAT_BYTES. */
  readonly start: Buffer;
}

async function fileProblem(
  reader: SquashfsReader,
  name: string,
  { type, mode, start }: Program,
  interpreters = 0,
): Promise<string | undefined> {
  if (type !== "file") return `${name} is ${type === "directory" ? "a directory" : "no file"}`;
  if ((mode & 0o111) === 0) {
    return `${name} is not executable (its mode is ${mode.toString(8).padStart(4, "0")})`;
  }
  const format = programFormat(start);
  if (format.kind === "unknown") {
    return `${name} is neither a program for Linux nor a script that begins with #!`;
  }
  const machine = format.kind === "elf" ? foreignMachine(format.machine) : undefined;
  if (machine !== undefined) {
    return `${name} is a program for ${machine}, and the VM is an x86-64`;
  }
  if (format.interpreter === undefined || interpreters === MAX_INTERPRETERS) return undefined;
  const shown = displayName(format.interpreter);
  const role = format.kind === "elf" ? "its dynamic linker" : "its interpreter";
  const interpreter = await followPath(reader, format.interpreter);
  if (interpreter === undefined) {
    const lineEnd = format.interpreter.endsWith("\r") ? " (the script has Windows line ends)" : "";
    return `${name} needs ${role} ${shown}, which the image does not have${lineEnd}`;
  }
  const problem = await fileProblem(
    reader,
    shown,
    await describeEntry(interpreter),
    interpreters + 1,
  );
  return problem && `${name} needs ${role}: ${problem}`;
}

/** A program that was transferred into a volume, say. */
async function volumeProgramProblem(
  reader: SquashfsReader,
  volumes: readonly Volume[],
  program: string,
): Promise<string | undefined> {
  const opened = await openVolumeFile(volumes, program);
  if ("problem" in opened) return `${opened.problem}: a VOLUME is empty at the start`;
  try {
    const { mode } = await opened.stat();
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(FORMAT_BYTES), 0, FORMAT_BYTES, 0);
    const start = buffer.subarray(0, bytesRead);
    return await fileProblem(reader, program, { type: "file", mode: mode & 0o7777, start });
  } finally {
    await opened.close();
  }
}

async function describeEntry(entry: SquashfsEntry): Promise<Program> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of entry.content ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= FORMAT_BYTES) break;
  }
  const start = Buffer.concat(chunks).subarray(0, FORMAT_BYTES);
  return { type: entry.type, mode: entry.mode, start };
}

async function missing(reader: SquashfsReader, program: string): Promise<string> {
  const link = await reader.find(byteString(program).slice(1));
  if (link?.type === "symlink") {
    return `${program} is a symbolic link to ${displayName(link.linkTarget ?? "")}, which the image does not have`;
  }
  const name = byteString(program.slice(program.lastIndexOf("/") + 1));
  for (const directory of USUAL_DIRECTORIES) {
    const found = await followPath(reader, `/${directory}/${name}`);
    if (found?.type === "file") {
      return `the image has no ${program}, but /${directory}/${displayName(name)}`;
    }
  }
  return `the image has no ${program}`;
}

function byteString(path: string): string {
  return Buffer.from(path, "utf8").toString("latin1");
}
