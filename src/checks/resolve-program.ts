import { posix } from "node:path";
import { type FileView, isRegular } from "./files/file-view.ts";

/** What a container's runtime searches without an ENV PATH. */
export const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type ResolvedProgram =
  | {
      readonly path: string;
      /** Whether it was searched for: a Golem VM does not. */
      readonly isSearched: boolean;
    }
  | { readonly problem: string };

/**
 * Finds a program as a container's runtime does: by the image's PATH when its name has no slash, in the working
 * directory when it is relative.
 */
export async function resolveProgram(
  files: FileView,
  name: string,
  image: { readonly searchPath: string | undefined; readonly workingDirectory: string },
): Promise<ResolvedProgram> {
  if (name.startsWith("/")) return { path: name, isSearched: false };
  if (name.includes("/")) {
    return { path: posix.join(image.workingDirectory, name), isSearched: true };
  }
  const searched = image.searchPath || DEFAULT_PATH;
  for (const directory of searched.split(":").filter((entry) => entry.startsWith("/"))) {
    const path = posix.join(directory, name);
    const file = await files.follow(path);
    if (file && isRegular(file) && (file.mode & 0o111) !== 0) return { path, isSearched: true };
  }
  return { problem: `${name} is in none of the directories of PATH (${searched})` };
}
