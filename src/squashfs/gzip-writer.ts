import { ConversionError } from "../errors.ts";
import type { Entry } from "../oci/entry.ts";
import { checkOptions } from "./compression-options.ts";
import { GZIP_DEFAULT_LEVEL, GZIP_DEFAULT_WINDOW, SUPERBLOCK_SIZE } from "./format.ts";
import { type ModificationTimes, squashfsSeconds } from "./modification-times.ts";
import type { SquashfsOptions, SquashfsWriter } from "./squashfs-writer.ts";
import { appendTables } from "./write/append-tables.ts";
import { type BlockCompressor, ZlibBlockCompressor } from "./write/block-compressor.ts";
import { BlockQueue, type WrittenBlock } from "./write/block-queue.ts";
import { DataWriter } from "./write/data-writer.ts";
import { encodeSuperblock } from "./write/encode-superblock.ts";
import { FileLayouts } from "./write/file-layouts.ts";
import { FragmentPacker } from "./write/fragment-packer.ts";
import { IdTable } from "./write/id-table.ts";
import { ImageBuilder } from "./write/image-builder.ts";
import { Interruption } from "./write/interruption.ts";
import { encodeUncompressedMetadataBlock } from "./write/metadata-writer.ts";
import { OutputFile } from "./write/output-file.ts";
import { StoredBlocks } from "./write/stored-blocks.ts";
import { XattrTable } from "./write/xattr-table.ts";

/** What block devices and kernels need: the image ends at a multiple of it. */
const PADDING = 4096;

/** libuv's default (docs.libuv.org/en/v1.x/threadpool.html). */
const DEFAULT_THREADS = 4;
/**
 * Uncompressed bytes that wait for each thread of the pool: enough that none is ever idle, so few that
 * closing the file, which waits in the same queue, takes some 50 ms when the writing is aborted.
 */
const BYTES_PER_THREAD = 768 * 1024;
const MIN_BLOCKS_PER_THREAD = 2;
const MAX_BLOCKS_PER_THREAD = 16;

export interface GzipWriterOptions {
  /** zlib at the level of `SquashfsOptions` by default; what it returns must be in zlib's format. */
  readonly compressor?: BlockCompressor;
  /** Blocks that are compressed or wait for it, at most. The bytes of the image do not depend on it. */
  readonly blocksInFlight?: number;
  /** Called with each data and fragment block in the order of the image. */
  readonly onBlock?: (block: WrittenBlock) => void;
}

/**
 * Writes squashfs images that are compressed with gzip (which is zlib's format). Data is written while
 * contents come in, each different content once, small ones packed together; tables follow. Chunks of
 * contents are used without a copy: they must stay as they are.
 *
 * @see https://docs.kernel.org/filesystems/squashfs.html
 */
export class GzipWriter implements SquashfsWriter {
  private readonly options: GzipWriterOptions;

  constructor(options: GzipWriterOptions = {}) {
    this.options = options;
  }

  async write(
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    outputPath: string,
    options: SquashfsOptions,
  ): Promise<void> {
    const { compression, blockSize, level = GZIP_DEFAULT_LEVEL } = checkOptions(options);
    if (compression !== "gzip") {
      throw new ConversionError(`This writer compresses with gzip, not with ${compression}.`);
    }
    const { signal, modificationTimes = "keep" } = options;
    signal?.throwIfAborted();
    await OutputFile.use(outputPath, async (output) => {
      // The superblock's place: it can be written when all else is.
      await output.append(Buffer.alloc(SUPERBLOCK_SIZE));
      await output.append(compressorOptions(level));
      const queue = new BlockQueue(output, {
        compressor: this.options.compressor ?? new ZlibBlockCompressor(level),
        blocksInFlight: this.options.blocksInFlight ?? blocksInFlight(blockSize),
        onBlock: this.options.onBlock,
        signal,
      });
      const layouts = new FileLayouts();
      const fragments = new FragmentPacker(queue, blockSize);
      const storedBlocks = new StoredBlocks(output, queue, layouts, blockSize);
      const data = new DataWriter({ queue, layouts, fragments, storedBlocks, blockSize });
      const ids = new IdTable();
      const xattrs = new XattrTable(level);
      const builder = new ImageBuilder({ data, ids, xattrs, times: modificationTimes });
      const addAll = async (all: AsyncIterable<Entry> | Iterable<Entry>) => {
        for await (const entry of all) await builder.add(entry);
      };
      if (!signal) await addAll(entries);
      else {
        await Interruption.use(signal, async (interruption) => {
          await addAll(interruptible(entries, interruption));
        });
      }
      builder.finish();
      await fragments.flush();
      await queue.drain();
      const sources = { builder, layouts, fragments, ids, xattrs, level, signal };
      const tables = await appendTables(output, sources);
      await output.append(Buffer.alloc((PADDING - (output.position % PADDING)) % PADDING));
      const modified = imageSeconds(modificationTimes);
      await output.overwrite(0, encodeSuperblock({ ...tables, blockSize, modified }));
    });
  }
}

function blocksInFlight(blockSize: number): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_THREADS;
  const wanted = Math.floor(BYTES_PER_THREAD / blockSize);
  return threads * Math.min(Math.max(wanted, MIN_BLOCKS_PER_THREAD), MAX_BLOCKS_PER_THREAD);
}

/** What the image says of its compressor; nothing if it is as usual. */
function compressorOptions(level: number): Buffer {
  if (level === GZIP_DEFAULT_LEVEL) return Buffer.alloc(0);
  const options = Buffer.alloc(8);
  options.writeUInt32LE(level, 0);
  options.writeUInt16LE(GZIP_DEFAULT_WINDOW, 4);
  return encodeUncompressedMetadataBlock(options);
}

async function* interruptible(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  interruption: Interruption,
): AsyncGenerator<Entry> {
  for await (const entry of interruption.iterate(entries)) {
    yield entry.content ? { ...entry, content: interruption.iterate(entry.content) } : entry;
  }
}

/** The image's own time is no time of the conversion: those of one input would differ. */
function imageSeconds(times: ModificationTimes): number {
  const seconds = typeof times === "object" ? times.clamp : 0;
  return squashfsSeconds({ seconds, nanoseconds: 0 });
}
