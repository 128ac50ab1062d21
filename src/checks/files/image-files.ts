import { posix } from "node:path";
import { GvmiFormatError } from "../../errors.ts";
import { followPath } from "../../squashfs/follow-path.ts";
import { type SquashfsEntry, SquashfsReader } from "../../squashfs/squashfs-reader.ts";
import { contentProblem, type FileContent, type FileView, type FoundFile } from "./file-view.ts";

const TYPE_BITS: Readonly<Record<SquashfsEntry["type"], number>> = {
  file: 0o100000,
  "hard-link": 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  "block-device": 0o060000,
  "character-device": 0o020000,
  fifo: 0o010000,
};

/** The files of an image at rest: straight from its squashfs. */
export class ImageFiles implements FileView {
  readonly #reader: SquashfsReader;

  constructor(reader: SquashfsReader) {
    this.#reader = reader;
  }

  async find(path: string): Promise<FoundFile | undefined> {
    const entry = await this.#findEntry(path);
    return entry && describe(entry);
  }

  async follow(path: string): Promise<FoundFile | undefined> {
    const entry = await followPath(this.#reader, byteString(path));
    return entry && describe(entry);
  }

  async read(path: string, limit: number): Promise<FileContent> {
    const entry = await followPath(this.#reader, byteString(path));
    const problem = contentProblem(path, entry && describe(entry));
    if (problem !== undefined) return { problem };
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of entry?.content ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limit) break;
    }
    const bytes = Buffer.concat(chunks);
    return { bytes: bytes.subarray(0, limit), isCut: length > limit };
  }

  async list(path: string): Promise<string[]> {
    const directory = await followPath(this.#reader, byteString(path));
    if (directory?.type !== "directory") return [];
    const names: string[] = [];
    const prefix = directory.path === "" ? "" : `${directory.path}/`;
    for await (const entry of this.#reader.entries()) {
      const name = entry.path.slice(prefix.length);
      if (entry.path.startsWith(prefix) && name !== "" && !name.includes("/")) {
        names.push(Buffer.from(name, "latin1").toString());
      }
    }
    return names.sort();
  }

  async #findEntry(path: string): Promise<SquashfsEntry | undefined> {
    const normal = posix.normalize(`/${path}`).replace(/\/$/, "");
    if (normal === "") return this.#reader.find("");
    const parent = await followPath(this.#reader, byteString(posix.dirname(normal)));
    if (parent?.type !== "directory") return undefined;
    const name = byteString(posix.basename(normal));
    return this.#reader.find(parent.path === "" ? name : `${parent.path}/${name}`);
  }
}

/**
 * Runs `body` with the files of an image at rest; with undefined when they cannot be read. That a damaged image
 * is one, its boot says best.
 */
export async function withImageFiles<T>(
  gvmi: { readonly path: string; readonly squashfsBytes: number; readonly compression: string },
  body: (files: FileView | undefined) => Promise<T>,
): Promise<T> {
  // The reader knows no other compression.
  if (gvmi.compression !== "gzip") return body(undefined);
  const reader = await openUnlessDamaged(gvmi);
  try {
    return await body(reader && new ImageFiles(reader));
  } finally {
    await reader?.close();
  }
}

async function openUnlessDamaged(gvmi: {
  readonly path: string;
  readonly squashfsBytes: number;
}): Promise<SquashfsReader | undefined> {
  try {
    return await SquashfsReader.open(gvmi.path, gvmi.squashfsBytes);
  } catch (error) {
    if (error instanceof GvmiFormatError) return undefined;
    throw error;
  }
}

function describe({ type, mode, uid, gid, size, linkTarget }: SquashfsEntry): FoundFile {
  const bytes = type === "symlink" ? (linkTarget?.length ?? 0) : size;
  return { mode: TYPE_BITS[type] | (mode & 0o7777), uid, gid, size: bytes };
}

function byteString(path: string): string {
  return Buffer.from(path, "utf8").toString("latin1");
}
