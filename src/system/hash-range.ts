import type { FileHandle } from "node:fs/promises";
import { Worker } from "node:worker_threads";

/** Bytes of a file, from `start`. */
export interface FileRange {
  readonly start: number;
  readonly length: number;
}

/** One digest of a whole range or, with a piece size in bytes, one of each piece; the last may be shorter. */
export interface DigestRequest {
  /** As `crypto.createHash` has it. */
  readonly algorithm: string;
  readonly pieceSize?: number;
}

export interface RangeDigests {
  /** Fewer than the range's length when the file ended before. */
  readonly bytesRead: number;
  /** For each request its digests in the order of the pieces, as lower-case hexadecimal. */
  readonly digests: readonly (readonly string[])[];
}

/** The thread's program is text because every bundle is one file. */
const PROGRAM = `
"use strict";
const { createHash } = require("node:crypto");
const { readSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const { fd, start, length, requests } = workerData;
const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
const states = requests.map(({ algorithm, pieceSize = Infinity }) => ({
  algorithm, pieceSize, left: pieceSize, hash: createHash(algorithm), digests: [],
}));
let bytesRead = 0;
while (bytesRead < length) {
  const count = readSync(fd, buffer, 0, Math.min(buffer.length, length - bytesRead), start + bytesRead);
  if (count === 0) break;
  bytesRead += count;
  for (const state of states) {
    for (let at = 0; at < count; ) {
      const part = buffer.subarray(at, Math.min(count, at + state.left));
      state.hash.update(part);
      at += part.length;
      state.left -= part.length;
      if (state.left > 0) continue;
      state.digests.push(state.hash.digest("hex"));
      state.hash = createHash(state.algorithm);
      state.left = state.pieceSize;
    }
  }
}
const digests = states.map(({ digests, hash, left, pieceSize }) =>
  pieceSize === Infinity || left < pieceSize ? [...digests, hash.digest("hex")] : digests,
);
parentPort.postMessage({ bytesRead, digests });
`;

/**
 * Hashes a range of an open file in a thread of its own: at hundreds of megabytes that leaves the main
 * thread free, and several ranges or algorithms take as long as the longest. The file must stay open until
 * the promise settles.
 *
 * @throws the abort reason, or an error of the file system
 */
export async function hashRange(
  handle: FileHandle,
  range: FileRange,
  requests: readonly DigestRequest[],
  signal?: AbortSignal,
): Promise<RangeDigests> {
  signal?.throwIfAborted();
  const workerData = { fd: handle.fd, ...range, requests };
  const thread = new Worker(PROGRAM, { eval: true, workerData, execArgv: [] });
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<RangeDigests>((resolve, reject) => {
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener("abort", onAbort);
      thread.once("message", resolve);
      thread.once("error", reject);
      thread.once("exit", (code) => reject(new Error(`A hashing thread ended with code ${code}.`)));
    });
  } finally {
    if (onAbort) signal?.removeEventListener("abort", onAbort);
    // Not before it is gone may the caller close the file, whose number another file could get.
    await thread.terminate();
  }
}
