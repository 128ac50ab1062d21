import { createHash } from "node:crypto";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { decompress as decompressZstandard } from "fzstd";
import { MissingToolError } from "../../errors.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { hashRange } from "../../system/hash-range.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { replaceFile } from "../../system/replace-file.ts";
import { runCommand } from "../../system/run-command.ts";
import { withTemporaryDirectory } from "../../system/temporary.ts";
import { type BzImagePayload, findPayload } from "./bz-image.ts";
import { hasPvhEntry } from "./pvh-entry.ts";

export interface UncompressOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** No kernel is larger; Debian's has 66 MB. */
const MAX_SIZE = 512 * 1024 * 1024;

/**
 * The kernel inside a bzImage, for QEMU to start without the image's own loader: under emulation the guest would take
 * several seconds to decompress itself. It is kept in the cache, and what is found there is verified.
 *
 * @param image path of the bzImage
 * @returns the path of an ELF file; undefined when the image has none that QEMU could start, or it cannot be had here:
 * the image itself boots as well
 * @throws the abort reason
 */
export async function uncompressedKernel(
  image: string,
  options: UncompressOptions = {},
): Promise<string | undefined> {
  const bytes = await readFile(image);
  const payload = findPayload(bytes);
  if (!payload || payload.size > MAX_SIZE) return undefined;
  const directory = join(cacheDirectory(), "uncompressed-kernels");
  const key = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  const kept = await findKept(directory, key);
  if (kept !== undefined) return kept;
  options.onProgress?.("decompressing the kernel, so that it boots faster");
  try {
    const kernel = await decompress(payload, options.signal);
    if (kernel?.length !== payload.size || !hasPvhEntry(kernel)) return undefined;
    const digest = createHash("sha256").update(kernel).digest("hex");
    const path = join(directory, `${key}-${digest}`);
    await makeDirectories(directory);
    await replaceFile(path, (partialPath) => writeFile(partialPath, kernel));
    return path;
  } catch (error) {
    options.signal?.throwIfAborted();
    // No xz, no room, or bytes that are no such archive, for which zlib and fzstd have codes, too.
    if (error instanceof MissingToolError || "code" in (error as Error)) return undefined;
    throw error;
  }
}

/** A file's name has the digest of the image that it comes of, and its own. */
async function findKept(directory: string, key: string): Promise<string | undefined> {
  const names = await readdir(directory).catch(() => [] as string[]);
  for (const name of names.filter((candidate) => candidate.startsWith(`${key}-`))) {
    const path = join(directory, name);
    // One that cannot be read is as good as none.
    if ((await sha256Of(path).catch(() => undefined)) === name.slice(key.length + 1)) return path;
  }
  return undefined;
}

async function sha256Of(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const whole = { start: 0, length: Number.MAX_SAFE_INTEGER };
    const { digests } = await hashRange(file, whole, [{ algorithm: "sha256" }]);
    return digests[0]?.[0];
  } finally {
    await file.close();
  }
}

async function decompress(
  { format, compressed, size }: BzImagePayload,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  if (format === "gzip") return gunzipSync(compressed, { maxOutputLength: size });
  if (format === "zstd") return Buffer.from(decompressZstandard(compressed, new Uint8Array(size)));
  return decompressXz(compressed, signal);
}

/** Kernels have a filter for x86 code that no package for Node reads. */
async function decompressXz(
  compressed: Buffer,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  return withTemporaryDirectory(async (directory) => {
    const path = join(directory, "kernel");
    await writeFile(`${path}.xz`, compressed);
    const command = { program: "xz", args: ["--decompress", "--", `${path}.xz`] };
    const { exitCode } = await runCommand(command, { ...(signal && { signal }) });
    return exitCode === 0 ? await readFile(path) : undefined;
  });
}
