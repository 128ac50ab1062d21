import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { BuildError } from "../errors.ts";

/** Dockerfiles are written by people; this is some 30,000 lines. */
const MAX_BYTES = 1024 * 1024;

const HINT =
  "Name the directory that has it, or the file itself with --file or with dockerfile: in golem-image.yml.";

/**
 * Reads a Dockerfile as text; bytes that are not UTF-8 become replacement characters.
 *
 * @throws {BuildError} when it is missing, no regular file, unreadable or larger than 1 MiB
 */
export async function readDockerfile(path: string): Promise<string> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new BuildError(`${path} is not a regular file.`, { hint: HINT });
      if (status.size > MAX_BYTES) {
        throw new BuildError(
          `${path} has ${status.size} bytes; a Dockerfile has at most ${MAX_BYTES}.`,
        );
      }
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof BuildError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new BuildError(`There is no Dockerfile at ${path}.`, {
        hint: HINT,
        cause: error,
      });
    }
    throw new BuildError(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}
