import { type FileHandle, open } from "node:fs/promises";
import { PublishError } from "../errors.ts";

/** @throws {PublishError} when the image cannot be read */
export async function openImage(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (error) {
    throw new PublishError(`Cannot read the image ${path}: ${(error as Error).message}.`, {
      hint: "Convert the image first, and name the .gvmi that was written.",
      cause: error,
    });
  }
}
