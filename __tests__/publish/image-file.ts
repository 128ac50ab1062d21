import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chunkSizeOf, encodeDescriptor } from "../../src/gvmi/descriptor.ts";
import type { PublishFile } from "../../src/publish/publish-target.ts";

/** A directory that each test gets anew. */
export function useDirectory(): { readonly path: string } {
  const directory = { path: "" };
  beforeEach(() => {
    directory.path = mkdtempSync(join(tmpdir(), "publish-"));
  });
  afterEach(async () => {
    await rm(directory.path, { recursive: true });
  });
  return directory;
}

/** Bytes that repeat nowhere, so that misplaced parts are noticed. */
export function testBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index += 32) {
    createHash("sha256").update(`${seed} ${index}`).digest().copy(bytes, index);
  }
  return bytes;
}

export const sha3 = (bytes: Buffer): string => createHash("sha3-224").update(bytes).digest("hex");

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Writes an image file and says of it what its conversion would.
 *
 * @param chunkSize of its descriptor; small ones make many chunks of few bytes
 */
export function writeImage(
  path: string,
  bytes: Buffer,
  name = "hello",
  chunkSize = chunkSizeOf(bytes.length),
): PublishFile {
  writeFileSync(path, bytes);
  const size = bytes.length;
  const hash = sha3(bytes);
  const chunkDigests: string[] = [];
  for (let at = 0; at < size; at += chunkSize) {
    chunkDigests.push(sha256(bytes.subarray(at, at + chunkSize)));
  }
  const descriptor = encodeDescriptor({ size, hash, chunkSize, chunkDigests });
  return { path, name, hash, sha256: sha256(bytes), size, descriptor };
}
