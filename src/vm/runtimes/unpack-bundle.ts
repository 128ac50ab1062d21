import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { MissingToolError } from "../../errors.ts";
import { StreamReader } from "../../oci/byte-reader.ts";
import { decompress, detectCompression, MAGIC_LENGTH } from "../../oci/decompress.ts";
import { MalformedTarError } from "../../oci/malformed-tar-error.ts";
import type { TarEntry } from "../../oci/tar-entry.ts";
import { readTar } from "../../oci/tar-reader.ts";
import { displayText } from "../../system/display-text.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { versionIn } from "./release.ts";

/** An official release has about 20 entries and 60 MB; these are far above that. */
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 1024 ** 3;

/** The directory of a release that holds what the VM needs; the rest is the provider's program. */
const RUNTIME_DIRECTORY = "runtime";

class BadBundle extends Error {}

/**
 * Unpacks the `runtime` directory of a release's tarball. Only plain files and directories are taken, below
 * one top directory; anything else in the tarball, and any path that leads elsewhere, fails the whole.
 *
 * @param destination an empty directory, which gets the runtime's files
 * @returns the version in the name of the top directory
 * @throws {MissingToolError} when the tarball is damaged or is no release
 * @throws the abort reason
 */
export async function unpackBundle(
  tarball: string,
  destination: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  signal?.throwIfAborted();
  try {
    return await unpack(tarball, destination, signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const reason = damage(error);
    if (reason === undefined) throw error;
    throw new MissingToolError(`The runtime bundle ${tarball} cannot be used: ${reason}.`, {
      hint: "Give a release of ya-runtime-vm (ya-runtime-vm-linux-VERSION.tar.gz), or use --runtime system.",
      cause: error,
    });
  }
}

/** @returns undefined for an error that says nothing about the tarball */
function damage(error: unknown): string | undefined {
  if (error instanceof BadBundle) return error.message;
  if (error instanceof MalformedTarError) {
    const { entry, message } = error;
    return entry === undefined ? message : `${displayText(entry)}: ${message}`;
  }
  const { code = "" } = error as NodeJS.ErrnoException;
  return code.startsWith("Z_") ? "its compressed data is damaged or ends too early" : undefined;
}

async function unpack(
  tarball: string,
  destination: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const reader = new StreamReader(await openTar(tarball, signal));
  const found = new RuntimeFiles();
  let bytes = 0;
  let entries = 0;
  try {
    for await (const entry of readTar(reader)) {
      bytes += entry.size;
      entries += 1;
      if (bytes > MAX_BYTES || entries > MAX_ENTRIES) throw tooLarge();
      const name = found.add(entry);
      if (name !== undefined) await writeEntry(reader, entry, join(destination, name));
    }
    // The end of the compressed data has its checksum.
    for await (const chunk of reader.rest()) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw tooLarge();
    }
  } finally {
    await reader.close();
  }
  if (found.directory === undefined) {
    throw new BadBundle(`it has no directory ${RUNTIME_DIRECTORY} with files`);
  }
  return versionIn(`${found.directory[0]}/`);
}

const tooLarge = () =>
  new BadBundle(`it holds more than ${MAX_BYTES} bytes or ${MAX_ENTRIES} entries`);

async function openTar(path: string, signal: AbortSignal | undefined) {
  const head = await readHead(path);
  const compression = detectCompression(head);
  if (compression !== "gzip" && compression !== "none") {
    throw new BadBundle("it is neither a tar archive nor one compressed by gzip");
  }
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal && { signal }) });
  return decompress(stream as AsyncIterable<Buffer>, compression);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_LENGTH), 0, MAGIC_LENGTH, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Decides which entries are taken, and holds all of them to the rules. */
class RuntimeFiles {
  /** The path of the runtime's directory in the tarball. */
  directory: readonly string[] | undefined;
  #top: string | undefined;
  readonly #names = new Set<string>();

  /** @returns the name to write the entry under; undefined when it is left out */
  add({ name, type, content }: TarEntry): string | undefined {
    const shown = displayText(name);
    if (type !== "file" && type !== "directory") {
      throw new BadBundle(`its entry ${shown} is a ${type}, not a plain file or a directory`);
    }
    const path = name.split("/").filter((part) => part !== "" && part !== ".");
    if (name.startsWith("/") || path.includes("..")) {
      throw new BadBundle(`its entry ${shown} leads out of it`);
    }
    const [top] = path;
    if (top === undefined) return undefined;
    this.#top ??= top;
    if (top !== this.#top || (path.length === 1 && type === "file")) {
      throw new BadBundle(`its entry ${shown} is not below one top directory`);
    }
    if (type === "directory" || path.at(-2) !== RUNTIME_DIRECTORY) return undefined;
    const directory = path.slice(0, -1);
    this.directory ??= directory;
    const file = path.at(-1) as string;
    if (directory.join("/") !== this.directory.join("/") || this.#names.has(file)) {
      throw new BadBundle(`its entry ${shown} occurs twice`);
    }
    if (!/^[A-Za-z0-9][\w.+-]{0,99}$/.test(file) || content?.segments) {
      throw new BadBundle(`its entry ${shown} is not one that a release has`);
    }
    this.#names.add(file);
    return file;
  }
}

/** Of the entry's mode only whether it may be executed is taken. */
async function writeEntry(reader: StreamReader, entry: TarEntry, path: string): Promise<void> {
  await makeDirectories(join(path, ".."));
  const file = await open(path, "wx", entry.mode & 0o111 ? 0o755 : 0o644);
  try {
    for (let left = entry.size; left > 0; ) {
      const chunk = await reader.readSome(left);
      if (chunk === undefined) throw new BadBundle(`it ends within ${displayText(entry.name)}`);
      await file.writeFile(chunk);
      left -= chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
