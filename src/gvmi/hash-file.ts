import { hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { GvmiFormatError } from "../errors.ts";
import { allEnded } from "../system/all-ended.ts";
import { type DigestRequest, hashRange, type RangeDigests } from "../system/hash-range.ts";
import { chunkSizeOf, encodeDescriptor } from "./descriptor.ts";
import { createPortableSha3, createSha3, type GvmiHashes, hasNativeSha3 } from "./hash.ts";

/** A .gvmi that has been read to its end. */
export interface HashedGvmi extends GvmiHashes {
  /** By which the Golem registry knows the file. */
  readonly descriptor: Buffer;
}

/** Below, starting threads takes longer than hashing. */
const WORTH_THREADS = 8 * 1024 * 1024;
const READ_SIZE = 1024 * 1024;

/**
 * Hashes a whole file, a large one in two threads.
 *
 * @throws {GvmiFormatError} when the file becomes shorter meanwhile
 * @throws the abort reason, or an error of the file system
 */
export async function hashFile(
  file: string | FileHandle,
  signal?: AbortSignal,
): Promise<HashedGvmi> {
  if (typeof file === "string") {
    const handle = await open(file, "r");
    try {
      return await hashFile(handle, signal);
    } finally {
      await handle.close();
    }
  }
  signal?.throwIfAborted();
  const { size } = await file.stat();
  const chunkSize = chunkSizeOf(size);
  const digests =
    size < WORTH_THREADS
      ? await hashSmall(file, size, chunkSize)
      : await hashLarge(file, size, chunkSize, signal);
  const { hash, sha256, chunkDigests } = digests;
  const descriptor = encodeDescriptor({ size, hash, chunkSize, chunkDigests });
  return { hash, sha256, size, descriptor };
}

/**
 * The SHA-256 of a whole file alone, in hexadecimal, in a thread of its own.
 *
 * @throws what `hashFile` throws
 */
export async function sha256OfFile(file: FileHandle, signal?: AbortSignal): Promise<string> {
  const { size } = await file.stat();
  const [[sha256 = ""] = []] = await digestsOf(file, size, [{ algorithm: "sha256" }], signal);
  return sha256;
}

interface FileDigests {
  readonly hash: string;
  readonly sha256: string;
  readonly chunkDigests: readonly string[];
}

async function hashSmall(file: FileHandle, size: number, chunkSize: number): Promise<FileDigests> {
  const bytes = Buffer.alloc(size);
  for (let filled = 0; filled < size; ) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) throw becameShorter(size);
    filled += bytesRead;
  }
  const chunkDigests: string[] = [];
  for (let at = 0; at < size; at += chunkSize) {
    chunkDigests.push(hash("sha256", bytes.subarray(at, at + chunkSize)));
  }
  const sha3 = createSha3();
  sha3.update(bytes);
  return { hash: sha3.hex(), sha256: hash("sha256", bytes), chunkDigests };
}

async function hashLarge(
  file: FileHandle,
  size: number,
  chunkSize: number,
  signal: AbortSignal | undefined,
): Promise<FileDigests> {
  const [sha3, [[sha256 = ""] = [], chunkDigests = []]] = await allEnded([
    largeSha3(file, size, signal),
    digestsOf(
      file,
      size,
      [{ algorithm: "sha256" }, { algorithm: "sha256", pieceSize: chunkSize }],
      signal,
    ),
  ]);
  return { hash: sha3, sha256, chunkDigests };
}

async function largeSha3(
  file: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (hasNativeSha3()) {
    const [[hex = ""] = []] = await digestsOf(file, size, [{ algorithm: "sha3-224" }], signal);
    return hex;
  }
  const sha3 = createPortableSha3();
  const buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  for (let position = 0; position < size; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, READ_SIZE, position);
    if (bytesRead === 0) throw becameShorter(size);
    sha3.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return sha3.hex();
}

async function digestsOf(
  file: FileHandle,
  size: number,
  requests: readonly DigestRequest[],
  signal: AbortSignal | undefined,
): Promise<RangeDigests["digests"]> {
  const { bytesRead, digests } = await hashRange(
    file,
    { start: 0, length: size },
    requests,
    signal,
  );
  if (bytesRead < size) throw becameShorter(size);
  return digests;
}

function becameShorter(size: number): GvmiFormatError {
  return new GvmiFormatError(`The file had ${size} bytes and became shorter while it was read.`, {
    hint: "Let nothing write the file meanwhile, and try again.",
  });
}
