import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { ImageSourceError } from "../errors.ts";
import { type BlobStore, DirectoryStore, openRegularFile, TarStore } from "./blob-store.ts";
import { detectCompression } from "./decompress.ts";
import { BLOCK_SIZE, hasValidChecksum } from "./tar-header.ts";

export type ImageFormat = "oci-layout" | "oci-archive" | "docker-archive";

export interface ImageSource {
  readonly format: ImageFormat;
  readonly store: BlobStore;
}

/**
 * Opens what an image was saved to: an OCI layout (a directory), an OCI archive or a `docker save` archive
 * (tar files), told apart by what they contain. The caller closes the store.
 *
 * @throws {ImageSourceError} when there is no such file, or it is none of these
 */
export async function openImageSource(path: string, signal?: AbortSignal): Promise<ImageSource> {
  const status = await statSource(path);
  if (!status.isDirectory() && !status.isFile()) {
    throw new ImageSourceError(`${path} is neither a file nor a directory.`);
  }
  const store = status.isDirectory() ? new DirectoryStore(path) : await openArchive(path, signal);
  try {
    return { store, format: await detectFormat(store, status.isDirectory()) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function statSource(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new ImageSourceError(
      missing
        ? `There is no image archive at ${path}.`
        : `Cannot read ${path}: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

async function openArchive(path: string, signal?: AbortSignal): Promise<TarStore> {
  const handle = await openRegularFile(path).catch((error: Error) => {
    throw new ImageSourceError(`Cannot read ${path}: ${error.message}.`, { cause: error });
  });
  if (!handle) throw new ImageSourceError(`${path} is not a regular file.`);
  try {
    const head = Buffer.alloc(BLOCK_SIZE);
    const { bytesRead } = await handle.read(head, 0, BLOCK_SIZE, 0);
    if (!hasValidChecksum(head.subarray(0, bytesRead))) throw notAnArchive(path, head, bytesRead);
    return await TarStore.index(path, handle, signal);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function notAnArchive(path: string, head: Buffer, length: number): ImageSourceError {
  const hint = "Save the image with `docker save -o FILE IMAGE`, or as an OCI archive.";
  if (length === 0) return new ImageSourceError(`${path} is empty.`, { hint });
  const compression = detectCompression(head.subarray(0, length));
  if (compression !== "none") {
    const name = typeof compression === "string" ? compression : compression.unsupported;
    return new ImageSourceError(
      `${path} is compressed with ${name} as a whole. An image archive is a plain tar; only its layers are compressed.`,
      { hint: "Decompress it first." },
    );
  }
  return new ImageSourceError(`${path} is not an image archive: it is not a tar file.`, { hint });
}

async function detectFormat(store: BlobStore, isDirectory: boolean): Promise<ImageFormat> {
  if ((await store.find("oci-layout")) && (await store.find("index.json"))) {
    return isDirectory ? "oci-layout" : "oci-archive";
  }
  if (!isDirectory && (await store.find("manifest.json"))) return "docker-archive";
  throw new ImageSourceError(
    isDirectory
      ? `${store.path} is not an OCI layout: it has no oci-layout and index.json.`
      : `${store.path} is a tar file, but not an image archive: it has neither oci-layout and index.json nor manifest.json.`,
    {
      hint: "Save the image with `docker save -o FILE IMAGE`; `docker export` leaves out its configuration.",
    },
  );
}
