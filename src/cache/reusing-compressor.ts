import type { FileHandle } from "node:fs/promises";
import type {
  BlockCompressor,
  BlockDigest,
  CompressedBlock,
} from "../squashfs/write/block-compressor.ts";
import type { BlockIndex, IndexedBlock } from "./block-index.ts";
import { FileWindow } from "./file-window.ts";

/**
 * Takes the compressed form of a block from an earlier .gvmi that has the same block, and leaves the others
 * to a compressor. The earlier file must have been verified, and written with the same compressor and level:
 * then the result is what compressing again would give.
 */
export class ReusingBlockCompressor implements BlockCompressor {
  #reusedBytes = 0;
  #totalBytes = 0;

  readonly #window: FileWindow;

  constructor(
    private readonly earlier: { readonly file: FileHandle; readonly index: BlockIndex },
    private readonly compressor: BlockCompressor,
  ) {
    this.#window = new FileWindow(earlier.file);
  }

  async compress(block: Uint8Array, digest: BlockDigest): Promise<CompressedBlock> {
    this.#totalBytes += block.length;
    const known = this.earlier.index.find(digest());
    const reused = known && (await this.#read(known, block));
    if (!reused) return this.compressor.compress(block, digest);
    this.#reusedBytes += block.length;
    return reused;
  }

  /** The part of all blocks' bytes that did not have to be compressed, from 0 to 1. */
  get reusedShare(): number {
    return this.#totalBytes === 0 ? 0 : this.#reusedBytes / this.#totalBytes;
  }

  async #read(known: IndexedBlock, block: Uint8Array): Promise<CompressedBlock | undefined> {
    if (!known.isCompressed) return { bytes: block, isCompressed: false };
    if (known.size >= block.length) return undefined;
    const bytes = await this.#window.read(known.offset, known.size);
    return bytes.length === known.size ? { bytes, isCompressed: true } : undefined;
  }
}
