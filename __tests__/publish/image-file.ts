import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Writes an image file and says of it what its conversion would. */
export function writeImage(path: string, bytes: Buffer, name = "hello"): PublishFile {
  writeFileSync(path, bytes);
  return {
    path,
    name,
    hash: sha3(bytes),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    size: bytes.length,
  };
}
