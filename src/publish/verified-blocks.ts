import { createHash } from "node:crypto";
import { openImage } from "./open-image.ts";
import type { PublishFile } from "./publish-target.ts";
import { changed } from "./transfer/file-body.ts";

const BLOCK_BYTES = 512 * 1024;

/**
 * The blocks of an image from its beginning. The last one comes only when all of them together are what was
 * hashed before, so that what waits for the end never takes another file for the image.
 *
 * @throws {TransferError} `changed`
 * @throws {PublishError} when the file cannot be read
 */
export async function* verifiedBlocks(file: PublishFile): AsyncGenerator<Buffer> {
  const handle = await openImage(file.path);
  try {
    const hash = createHash("sha256");
    for (let done = 0; done < file.size; ) {
      // Each is kept by who takes it.
      const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, file.size - done));
      const { bytesRead } = await handle.read(block, 0, block.length, done);
      if (bytesRead === 0) throw changed(file.path);
      const bytes = block.subarray(0, bytesRead);
      hash.update(bytes);
      done += bytesRead;
      if (done === file.size && hash.digest("hex") !== file.sha256) throw changed(file.path);
      yield bytes;
    }
  } finally {
    await handle.close();
  }
}
