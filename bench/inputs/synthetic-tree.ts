import { createCipheriv } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;

/** Files of these sizes take turns, so that small ones are many and large ones have most of the bytes. */
const FILE_SIZES = [3, 700 * KIBIBYTE, 20 * KIBIBYTE, 128 * KIBIBYTE, 7 * MEBIBYTE, 5 * KIBIBYTE];
const FILES_PER_DIRECTORY = 500;

/**
 * Writes files whose contents are the same each time: by turns incompressible, and text that deflate makes
 * about a quarter as large. No block comes twice.
 *
 * @param bytes of all files together, about
 */
export async function makeSyntheticTree(
  bytes: number,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  const noise = new Noise();
  for (let number = 0, written = 0; written < bytes; number++) {
    signal?.throwIfAborted();
    const parent = join(directory, `data-${Math.floor(number / FILES_PER_DIRECTORY)}`);
    if (number % FILES_PER_DIRECTORY === 0) await mkdir(parent, { recursive: true });
    const size = FILE_SIZES[number % FILE_SIZES.length] ?? 0;
    const file = await open(join(parent, `file-${number}`), "wx");
    try {
      for (let left = size; left > 0; left -= MEBIBYTE) {
        const part = noise.next(Math.min(left, MEBIBYTE));
        // Every third bit pattern of a byte as a letter: few letters, so that they compress.
        if (Math.floor(number / FILE_SIZES.length) % 2 === 1) makeText(part);
        await file.writeFile(part);
      }
    } finally {
      await file.close();
    }
    written += size;
  }
}

/** Bytes that look random and are the same in each run. */
class Noise {
  private readonly cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16));

  next(length: number): Buffer {
    return this.cipher.update(Buffer.alloc(length));
  }
}

/** Leaves two bits of each byte, as one of four letters. */
function makeText(bytes: Buffer): void {
  const letters = Buffer.from("etan");
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = letters[(bytes[index] ?? 0) & 3] ?? 0;
  }
}
