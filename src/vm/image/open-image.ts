import { GvmiFormatError } from "../../errors.ts";
import { SquashfsReader } from "../../squashfs/squashfs-reader.ts";

/**
 * Runs `body` with a reader of an image, to find out what in it explains a failure.
 *
 * @returns undefined when the image cannot be looked into: it is damaged, or not compressed with gzip. The
 * failure to be explained is then more to the point than that.
 */
export async function lookIntoImage<T>(
  path: string,
  body: (reader: SquashfsReader) => Promise<T>,
): Promise<T | undefined> {
  let reader: SquashfsReader | undefined;
  try {
    reader = await SquashfsReader.open(path);
    return await body(reader);
  } catch (error) {
    const isOfTheFile =
      error instanceof GvmiFormatError || (error as NodeJS.ErrnoException).syscall !== undefined;
    if (isOfTheFile) return undefined;
    throw error;
  } finally {
    await reader?.close();
  }
}
