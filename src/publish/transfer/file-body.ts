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
 * A section of a file as a body.
 *
 * It is not hashed on its way, which would cost more than sending it: the server does that, and when it finds
 * something else, `assertSection` tells whether the file changed.
 *
 * @param path for the message
 */
export function fileBody(handle: FileHandle, path: string, section: FileSection): TransferBody {
  return { size: section.length, read: () => readSection(handle, path, section) };
}

/**
 * Makes sure that a section of a file is what it was.
 *
 * @throws {TransferError} `changed`
 */
export async function assertSection(
  handle: FileHandle,
  path: string,
  section: FileSection,
): Promise<void> {
  const hash = createHash("sha256");
  for await (const block of readSection(handle, path, section)) hash.update(block);
  if (hash.digest("hex") !== section.sha256) throw changed(path);
}

/** While a block is in use, the next one is read. */
async function* readSection(
  handle: FileHandle,
  path: string,
  { start, length }: FileSection,
): AsyncGenerator<Buffer> {
  const size = Math.min(BLOCK_BYTES, Math.max(1, length));
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
  const readAt = async (done: number, buffer: Buffer): Promise<Buffer> => {
    const wanted = Math.min(size, length - done);
    const { bytesRead } = await handle.read(buffer, 0, wanted, start + done);
    if (bytesRead === 0) throw changed(path);
    return buffer.subarray(0, bytesRead);
  };
  let next: Promise<Buffer> | undefined;
  try {
    for (let done = 0, turn = 0; done < length; turn = 1 - turn) {
      const block = await (next ?? readAt(done, buffers[0]));
      done += block.length;
      next = done < length ? readAt(done, buffers[turn === 0 ? 1 : 0]) : undefined;
      // Its failure is met when its turn comes, or not at all.
      next?.catch(() => {});
      yield block;
    }
  } finally {
    // The file may be closed and the buffer given up only then.
    await next?.catch(() => {});
  }
}

export function changed(path: string): TransferError {
  return new TransferError("changed", `The image ${path} changed while it was published.`, {
    hint: "Let nothing write the file meanwhile, and publish it again. It was given no name.",
  });
}
