import { DATA_UNCOMPRESSED } from "../format.ts";
import type { CompressedBlock } from "./block-compressor.ts";
import type { BlockQueue } from "./block-queue.ts";
import type { LargeContent } from "./duplicate-finder.ts";
import type { FileLayouts } from "./file-layouts.ts";
import type { OutputFile } from "./output-file.ts";

/** Stands for the digest of a block of zeros only, of which nothing is stored. */
export const HOLE_DIGEST = Buffer.alloc(32);

const HOLE: CompressedBlock = { bytes: Buffer.alloc(0), isCompressed: true };

/** Blocks that need no compression: holes, and copies of what the output has already. */
export class StoredBlocks {
  private readonly output: OutputFile;
  private readonly queue: BlockQueue;
  private readonly layouts: FileLayouts;
  private readonly blockSize: number;

  constructor(output: OutputFile, queue: BlockQueue, layouts: FileLayouts, blockSize: number) {
    this.output = output;
    this.queue = queue;
    this.layouts = layouts;
    this.blockSize = blockSize;
  }

  async addHole(layout: number): Promise<void> {
    await this.queue.pushStored(
      async () => HOLE,
      () => HOLE_DIGEST,
      (block) => this.layouts.addBlock(layout, block, this.blockSize),
    );
  }

  /** Gives `layout` the first `count` blocks of another content; a file's blocks lie behind each other. */
  async copy(from: LargeContent, count: number, layout: number): Promise<void> {
    let position: number | undefined;
    for (let index = 0; index < count; index++) {
      const take = async () => {
        // Known only now that all blocks before have been written.
        position ??= this.layouts.get(from.layout).start;
        const word = this.layouts.blockSizeWord(from.layout, index);
        if (word === 0) return HOLE;
        const size = word % DATA_UNCOMPRESSED;
        const bytes = await this.output.read(position, size);
        position += size;
        return { bytes, isCompressed: word < DATA_UNCOMPRESSED };
      };
      const digest = from.digests.get(index);
      await this.queue.pushStored(
        take,
        () => digest,
        (block) => this.layouts.addBlock(layout, block, this.blockSize),
      );
    }
  }
}
