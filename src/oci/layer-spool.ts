import { randomUUID } from "node:crypto";
import { type FileHandle, open, statfs, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteReader, FileRangeReader } from "./byte-reader.ts";
import { type Layer, openLayer, type SpoolWriter } from "./layer.ts";

/** Of what is free on the disk at the start, the part that the spool may fill. */
const SHARE_OF_FREE_SPACE = 0.5;

/** File systems that lie in memory, by the type that statfs gives (linux/magic.h): tmpfs, ramfs. */
const MEMORY_FILE_SYSTEMS = [0x01021994, 0x858458f6];

/**
 * Compressed layers as they are uncompressed, in a temporary file, so that the contents of files can be
 * read without decompressing once more. The file has no name from the start: it is gone when the process
 * ends, however it ends. Where there is no room for it, layers are decompressed again instead.
 */
export class LayerSpool {
  private readonly directory: string;
  private file: Promise<SpoolFile | undefined> | undefined;
  private readonly ranges = new Map<Layer, { start: number; length: number }>();

  constructor(directory = tmpdir()) {
    this.directory = directory;
  }

  /** To be finished before the next layer is started. @returns undefined when there is no room */
  async startLayer(layer: Layer): Promise<LayerSpoolWriter | undefined> {
    this.file ??= SpoolFile.create(this.directory);
    const file = await this.file;
    if (!file) return undefined;
    const start = file.end;
    return {
      write: (chunk) => file.append(chunk),
      finish: async () => {
        const length = file.end - start;
        if (!file.isFull && length > 0) this.ranges.set(layer, { start, length });
      },
    };
  }

  /** The bytes of a layer uncompressed, which was read and verified before. */
  async open(layer: Layer, signal?: AbortSignal): Promise<ByteReader> {
    const range = this.ranges.get(layer);
    const file = await this.file;
    return file && range
      ? new FileRangeReader(file.handle, range.start, range.length)
      : openLayer(layer, signal);
  }

  async close(): Promise<void> {
    const file = await this.file;
    await file?.handle.close();
  }
}

const ZEROS = Buffer.alloc(1024 * 1024);

function isZero(chunk: Buffer): boolean {
  return chunk.length <= ZEROS.length && chunk.equals(ZEROS.subarray(0, chunk.length));
}

export interface LayerSpoolWriter extends SpoolWriter {
  /** To be called when the layer is known to be sound. */
  finish(): Promise<void>;
}

class SpoolFile {
  end = 0;
  /** From then on nothing is added; what was spooled of earlier layers stays. */
  isFull = false;
  readonly handle: FileHandle;
  private readonly limit: number;

  private constructor(handle: FileHandle, limit: number) {
    this.handle = handle;
    this.limit = limit;
  }

  static async create(directory: string): Promise<SpoolFile | undefined> {
    let handle: FileHandle | undefined;
    try {
      const { type, bavail, bsize } = await statfs(directory);
      if (MEMORY_FILE_SYSTEMS.includes(type)) return undefined;
      const path = join(directory, `gi-${randomUUID()}`);
      handle = await open(path, "wx+", 0o600);
      await unlink(path);
      return new SpoolFile(handle, bavail * bsize * SHARE_OF_FREE_SPACE);
    } catch {
      // A temporary directory that cannot be written to is no reason to fail.
      await handle?.close();
      return undefined;
    }
  }

  async append(chunk: Buffer): Promise<void> {
    if (this.isFull) return;
    try {
      if (this.end + chunk.length > this.limit) throw new RangeError("enough");
      if (isZero(chunk)) {
        // A hole costs nothing, even when a bomb makes it large.
        await this.handle.truncate(this.end + chunk.length);
        this.end += chunk.length;
        return;
      }
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await this.handle.write(
          chunk,
          written,
          chunk.length - written,
          this.end,
        );
        written += bytesWritten;
        this.end += bytesWritten;
      }
    } catch {
      this.isFull = true;
    }
  }
}
