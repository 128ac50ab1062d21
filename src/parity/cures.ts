import { chmod } from "node:fs/promises";
import { join, posix } from "node:path";
import type { FileView } from "../checks/files/file-view.ts";
import { isDirectory, isRegular } from "../checks/files/file-view.ts";
import { RunningFiles } from "../checks/files/running-files.ts";
import { variablesOf } from "../checks/structure/expand-variables.ts";
import { findUser } from "../checks/structure/user.ts";
import { withEnvironment } from "../checks/with-environment.ts";
import type { Gvmi } from "../gvmi/read.ts";
import { writeVolumeFile } from "../vm/volume-files.ts";
import { type GuestMachine, withRun } from "./guest-machine.ts";
import type { CauseId } from "./parity-result.ts";

/** What is known of the image that a cure is made of. */
export interface CureSubject {
  readonly gvmi: Pick<Gvmi, "env" | "volumes">;
  readonly atRest: FileView | undefined;
  /** As the image's configuration in Docker has it; a .gvmi has none. */
  readonly user: string;
}

/** A way to make a VM more like a container; when a test passes with it, what it undoes is the cause. */
export interface Cure {
  readonly id: CauseId;
  /** What was done, for a sentence: "It passes ...". */
  readonly done: string;
  /** Undefined when there is nothing to cure in this image. */
  apply(machine: GuestMachine, subject: CureSubject): Promise<GuestMachine | undefined>;
}

const MAX_FILES = 2_000;
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_DEPTH = 16;
const CHMOD_TIMEOUT_MS = 10_000;

/** In the order in which they are tried: the likelier first. */
export const CURES: readonly Cure[] = [
  { id: "environment", done: "with the image's ENV", apply: withImageEnvironment },
  { id: "permissions", done: "after /bin/chmod a+rx /", apply: withOpenRoot },
  {
    id: "hidden-files",
    done: "when volumes start with what the image has there",
    apply: withVolumeContents,
  },
  { id: "user", done: "as the image's USER, to whom / is open", apply: withImageUser },
];

async function withImageEnvironment(
  machine: GuestMachine,
  { gvmi }: CureSubject,
): Promise<GuestMachine | undefined> {
  if (gvmi.env.length === 0) return undefined;
  const files = new RunningFiles(machine);
  return withRun(machine, async (command) => {
    const wrapped = await withEnvironment(files, command.argv, variablesOf(gvmi.env));
    return machine.run("problem" in wrapped ? command : { ...command, argv: wrapped.argv });
  });
}

async function withOpenRoot(machine: GuestMachine): Promise<GuestMachine | undefined> {
  const files = new RunningFiles(machine);
  const root = await files.find("/");
  const OPEN = 0o005;
  if (root && (root.mode & OPEN) === OPEN) return undefined;
  if ((await files.follow("/bin/chmod")) === undefined) return undefined;
  const { exitCode } = await machine.run({
    argv: ["/bin/chmod", "a+rx", "/"],
    timeoutMs: CHMOD_TIMEOUT_MS,
    onOutput: () => {},
  });
  return exitCode === 0 ? machine : undefined;
}

async function withImageUser(
  machine: GuestMachine,
  { user }: CureSubject,
): Promise<GuestMachine | undefined> {
  const found = user === "" ? undefined : await findUser(new RunningFiles(machine), user);
  if (!found || found.uid === 0) return undefined;
  // Or it could not even start a program on some profiles.
  await withOpenRoot(machine);
  return withRun(machine, (command) => machine.run({ user: found, ...command }));
}

async function withVolumeContents(
  machine: GuestMachine,
  { atRest }: CureSubject,
): Promise<GuestMachine | undefined> {
  if (!atRest) return undefined;
  let count = 0;
  for (const volume of machine.volumes) {
    for await (const path of filesBelow(atRest, volume.guestPath)) {
      if (++count > MAX_FILES) return undefined;
      const content = await atRest.read(path, MAX_FILE_BYTES);
      if ("problem" in content) continue;
      await writeVolumeFile(machine.volumes, path, oneChunk(content.bytes));
      const mode = (await atRest.follow(path))?.mode ?? 0o644;
      const name = posix.relative(volume.guestPath, path);
      await chmod(join(volume.hostDirectory, name), mode & 0o777).catch(() => {});
    }
  }
  return count > 0 ? machine : undefined;
}

async function* filesBelow(files: FileView, path: string, depth = 0): AsyncGenerator<string> {
  if (depth > MAX_DEPTH) return;
  for (const name of await files.list(path)) {
    const below = posix.join(path, name);
    const found = await files.find(below);
    if (found && isDirectory(found)) yield* filesBelow(files, below, depth + 1);
    else if (found && isRegular(found)) yield below;
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
