import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { TransferBody } from "./send.ts";
import { TransferError } from "./transfer-error.ts";

/** Large enough for speed, and small enough for several transfers at once. */
const BLOCK_BYTES = 512 * 1024;

export interface FileSection {
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/**
 * A section of a file as a body. It is hashed on its way, and the last block is kept back when the section is
 * not what it was: no server ever gets the whole of a section that changed.
 *
 * @param path for the message
 */
export function fileBody(handle: FileHandle, path: string, section: FileSection): TransferBody {
  const { start, length, sha256 } = section;
  return {
    size: length,
    async *read() {
      const hash = createHash("sha256");
      const buffer = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, Math.max(1, length)));
      let done = 0;
      while (done < length) {
        const wanted = Math.min(buffer.length, length - done);
        const { bytesRead } = await handle.read(buffer, 0, wanted, start + done);
        if (bytesRead === 0) throw changed(path);
        const block = buffer.subarray(0, bytesRead);
        hash.update(block);
        done += bytesRead;
        if (done === length && hash.digest("hex") !== sha256) throw changed(path);
        yield block;
      }
    },
  };
}

export function changed(path: string): TransferError {
  return new TransferError("changed", `The image ${path} changed while it was published.`, {
    hint: "Let nothing write the file meanwhile, and publish it again. It was given no name.",
  });
}
