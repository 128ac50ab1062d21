import { open } from "node:fs/promises";
import { PublishError } from "../errors.ts";
import { GvmiHasher } from "../gvmi/hash.ts";
import { openImage } from "./open-image.ts";
import type { PublishFile, PublishOptions } from "./publish-target.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies an image to a new file and hashes what it writes on the way.
 *
 * @throws {PublishError} when the bytes are not those whose hashes the file came with
 * @throws the abort reason, or an error of the file system
 */
export async function copyVerified(
  file: PublishFile,
  destination: string,
  { signal, onProgress }: PublishOptions,
): Promise<void> {
  const source = await openImage(file.path);
  try {
    const sink = await open(destination, "w");
    try {
      const hasher = new GvmiHasher();
      const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      let done = 0;
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, done);
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        hasher.update(chunk);
        await sink.writeFile(chunk);
        done += bytesRead;
        // A file that grows while it is copied would otherwise never end.
        if (done > file.size) break;
        onProgress?.({ step: "copying", done, total: file.size });
      }
      const copied = hasher.finish();
      if (done !== file.size || copied.hash !== file.hash || copied.sha256 !== file.sha256) {
        throw changed(file, copied.hash, done);
      }
    } finally {
      await sink.close();
    }
  } finally {
    await source.close();
  }
}

function changed(file: PublishFile, hash: string, size: number): PublishError {
  return new PublishError(
    `The image ${file.path} changed while it was published: expected ${file.size} bytes with hash ${file.hash}.`,
    {
      hint: "Let nothing write the file meanwhile, and publish it again. Nothing was published.",
      details: size > file.size ? "It has grown." : `It has ${size} bytes with hash ${hash} now.`,
    },
  );
}
