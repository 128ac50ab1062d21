import type { BlockCompressor, BlockDigest, CompressedBlock } from "./block-compressor.ts";
import type { OutputFile } from "./output-file.ts";

/** Where a block came to lie. A hole has a size of 0. */
export interface StoredBlock {
  readonly offset: number;
  readonly size: number;
  readonly isCompressed: boolean;
}

/** A data or fragment block of the image, for those who want to find its content again. */
export interface WrittenBlock extends StoredBlock {
  /** SHA-256 of the uncompressed bytes. */
  readonly digest: Buffer;
}

export interface BlockQueueOptions {
  readonly compressor: BlockCompressor;
  /** Blocks that wait to be compressed or written, at most. */
  readonly blocksInFlight: number;
  readonly onBlock?: ((block: WrittenBlock) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  /** The stored form, when it is this block's turn to be written. */
  readonly take: () => Promise<CompressedBlock>;
  readonly onStored: (block: StoredBlock) => void;
  readonly digest: BlockDigest;
}

/**
 * Blocks on their way to the output: compressed in parallel, written in the order in which they came, so
 * that the bytes of the image do not depend on which thread is faster.
 */
export class BlockQueue {
  private readonly output: OutputFile;
  private readonly options: BlockQueueOptions;
  private readonly waiting: Waiting[] = [];

  constructor(output: OutputFile, options: BlockQueueOptions) {
    this.output = output;
    this.options = options;
  }

  /**
   * Compresses a block; waits while too many are on their way.
   *
   * @param onStored is called when the block and all before it have their place
   */
  async push(block: Uint8Array, digest: BlockDigest, onStored: Waiting["onStored"]): Promise<void> {
    const compressed = this.options.compressor.compress(block, digest);
    // The failure is met when the block's turn comes, unless something else has failed before.
    compressed.catch(() => {});
    await this.enqueue({ take: () => compressed, onStored, digest });
  }

  /** A block that exists already in stored form, taken when all before it are in the output. */
  async pushStored(
    take: Waiting["take"],
    digest: BlockDigest,
    onStored: Waiting["onStored"],
  ): Promise<void> {
    await this.enqueue({ take, onStored, digest });
  }

  /** Waits until everything is in the output. */
  async drain(): Promise<void> {
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.store(next);
  }

  private async enqueue(item: Waiting): Promise<void> {
    this.waiting.push(item);
    if (this.waiting.length <= this.options.blocksInFlight) return;
    const oldest = this.waiting.shift();
    if (oldest) await this.store(oldest);
  }

  private async store({ take, onStored, digest }: Waiting): Promise<void> {
    this.options.signal?.throwIfAborted();
    const { bytes, isCompressed } = await take();
    const stored = { offset: this.output.position, size: bytes.length, isCompressed };
    await this.output.append(bytes);
    onStored(stored);
    if (stored.size > 0 && this.options.onBlock) {
      this.options.onBlock({ ...stored, digest: digest() });
    }
  }
}
