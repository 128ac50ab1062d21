import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { ImageSourceError } from "../errors.ts";
import { hashRange } from "../system/hash-range.ts";
import { type ByteReader, FileRangeReader } from "./byte-reader.ts";
import { displayName } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import { readTar } from "./tar-reader.ts";

/** Bytes to read at once when only headers are wanted. */
const HEADER_READ_SIZE = 4096;

/** Below, starting a thread takes longer than hashing. */
const WORTH_A_THREAD = 8 * 1024 * 1024;

/** An image's archive has a few files per layer. */
const MAX_FILES = 100_000;
const MAX_LINKS = 16;

/** A file of an image's archive, read by random access. */
export class StoredBlob {
  readonly size: number;
  private readonly handle: FileHandle;
  private readonly start: number;

  constructor(handle: FileHandle, start: number, size: number) {
    this.handle = handle;
    this.start = start;
    this.size = size;
  }

  /** Tells whether the file was written to: the same before and after if it was not. */
  async version(): Promise<string> {
    const { size, mtimeNs } = await this.handle.stat({ bigint: true });
    return `${size} ${mtimeNs}`;
  }

  /**
   * Digests of all its bytes by algorithm, in lower-case hexadecimal; of a large file in a thread.
   *
   * @throws the abort reason, or an error of the file system
   */
  async digests<A extends string>(
    algorithms: readonly A[],
    signal?: AbortSignal,
  ): Promise<Record<A, string>> {
    const found = this.size < WORTH_A_THREAD ? await this.hash(algorithms) : undefined;
    const range = { start: this.start, length: this.size };
    const requests = algorithms.map((algorithm) => ({ algorithm }));
    const digests = found ?? (await hashRange(this.handle, range, requests, signal)).digests;
    return Object.fromEntries(
      algorithms.map((algorithm, index) => [algorithm, digests[index]?.[0] ?? ""]),
    ) as Record<A, string>;
  }

  private async hash(algorithms: readonly string[]): Promise<string[][]> {
    const hashes = algorithms.map((algorithm) => createHash(algorithm));
    for await (const chunk of this.reader().rest()) {
      for (const hash of hashes) hash.update(chunk);
    }
    return hashes.map((hash) => [hash.digest("hex")]);
  }

  /** @param from bytes to leave out at the start */
  reader(from = 0): ByteReader {
    return new FileRangeReader(this.handle, this.start + from, this.size - from);
  }
}

/** The files of an image's archive by name, whether they lie in a tar or in a directory. */
export interface BlobStore {
  /** What it is, for messages. */
  readonly path: string;
  /** @param name relative, with "/" between its components */
  find(name: string): Promise<StoredBlob | undefined>;
  close(): Promise<void>;
}

/** Opens a regular file without waiting for the other end of a FIFO. */
export async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const isFile = await handle.stat().then(
    (status) => status.isFile(),
    () => false,
  );
  if (isFile) return handle;
  await handle.close();
  return undefined;
}

/** An image layout as a directory. */
export class DirectoryStore implements BlobStore {
  readonly path: string;
  private readonly opened = new Map<string, FileHandle>();

  constructor(path: string) {
    this.path = path;
  }

  async find(name: string): Promise<StoredBlob | undefined> {
    if (name.split("/").includes("..")) return undefined;
    let handle = this.opened.get(name);
    if (!handle) {
      try {
        handle = await openRegularFile(join(this.path, name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
      if (!handle) return undefined;
      this.opened.set(name, handle);
    }
    return new StoredBlob(handle, 0, (await handle.stat()).size);
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened.values()].map((handle) => handle.close()));
    this.opened.clear();
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

type ArchiveMember = { start: number; size: number } | { linkTo: string };

/** A tar archive, of which only the headers are read to know where each file is. */
export class TarStore implements BlobStore {
  readonly path: string;
  private readonly handle: FileHandle;
  private readonly members: ReadonlyMap<string, ArchiveMember>;

  private constructor(
    path: string,
    handle: FileHandle,
    members: ReadonlyMap<string, ArchiveMember>,
  ) {
    this.path = path;
    this.handle = handle;
    this.members = members;
  }

  /**
   * @param handle the open archive, which the store closes from now on
   * @throws {ImageSourceError} when the archive is damaged
   */
  static async index(path: string, handle: FileHandle, signal?: AbortSignal): Promise<TarStore> {
    const { size } = await handle.stat();
    const reader = new FileRangeReader(handle, 0, size, HEADER_READ_SIZE);
    const members = new Map<string, ArchiveMember>();
    try {
      for await (const entry of readTar(reader)) {
        signal?.throwIfAborted();
        const name = normalize(entry.name);
        if (entry.content) members.set(name, { start: entry.content.offset, size: entry.size });
        // Old versions of `docker save` store a layer that several images share once, and link to it.
        else if (entry.type === "symlink") {
          members.set(name, { linkTo: normalize(`${name}/../${entry.linkName}`) });
        } else if (entry.type === "hard-link") {
          members.set(name, { linkTo: normalize(entry.linkName) });
        }
        if (members.size > MAX_FILES) {
          throw new MalformedTarError(`it has more than ${MAX_FILES} files`);
        }
      }
    } catch (error) {
      if (!(error instanceof MalformedTarError)) throw error;
      const entry = error.entry === undefined ? "" : `, entry "${displayName(error.entry)}"`;
      throw new ImageSourceError(`${path}${entry}: ${error.message}.`, {
        hint: "The archive is damaged or incomplete. Build or save the image again.",
        cause: error,
      });
    }
    return new TarStore(path, handle, members);
  }

  async find(name: string): Promise<StoredBlob | undefined> {
    let member = this.members.get(normalize(name));
    for (let links = 0; member && "linkTo" in member; links++) {
      if (links === MAX_LINKS) return undefined;
      member = this.members.get(member.linkTo);
    }
    return member && new StoredBlob(this.handle, member.start, member.size);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** A name inside the archive, which ".." never leaves. */
function normalize(name: string): string {
  const components: string[] = [];
  for (const component of name.split("/")) {
    if (component === "..") components.pop();
    else if (component !== "" && component !== ".") components.push(component);
  }
  return components.join("/");
}
