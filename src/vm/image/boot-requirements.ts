import { displayName } from "../../oci/entry.ts";
import type { SquashfsReader } from "../../squashfs/squashfs-reader.ts";
import {
  type BootFailure,
  DIRECTORY_HINT,
  PLAIN_FILE_HINT,
  VAR_TMP_HINT,
} from "../boot-failure.ts";
import { lookIntoImage } from "./open-image.ts";

/** What a runtime's init mounts on or writes into; it gives up where one is missing. */
const DIRECTORIES = ["proc", "sys", "etc"] as const;
/** What it writes while "/" is still its own, so that an absolute link leads out of the image. */
const FILES = ["etc/resolv.conf", "etc/hosts"] as const;

/** Below these it has a directory of its own, to which it follows no link since 0.4. */
const PLAIN_DIRECTORIES = ["var", "var/tmp"] as const;

/** Finds what an image has, or has not, that every runtime's init panics for. */
export async function missingBootRequirement(image: string): Promise<BootFailure | undefined> {
  return lookIntoImage(image, async (reader) => {
    for (const path of DIRECTORIES) {
      const problem = await directoryProblem(reader, path);
      if (problem !== undefined) return { reason: problem, hint: DIRECTORY_HINT };
    }
    return (
      (await linkProblem(reader, FILES, PLAIN_FILE_HINT)) ??
      (await linkProblem(reader, PLAIN_DIRECTORIES, VAR_TMP_HINT))
    );
  });
}

async function linkProblem(
  reader: SquashfsReader,
  paths: readonly string[],
  hint: string,
): Promise<BootFailure | undefined> {
  for (const path of paths) {
    const entry = await reader.find(path);
    if (entry?.type !== "symlink") continue;
    const target = displayName(entry.linkTarget ?? "");
    return { reason: `/${path} of the image is a symbolic link to ${target}`, hint };
  }
  return undefined;
}

async function directoryProblem(reader: SquashfsReader, path: string): Promise<string | undefined> {
  const entry = await reader.find(path);
  if (entry === undefined) return `the image has no directory /${path}`;
  return entry.type === "directory" ? undefined : `/${path} of the image is not a directory`;
}
