import { FRAGMENT_ENTRY_SIZE } from "../format.ts";
import { digestOf } from "./block-compressor.ts";
import type { BlockQueue } from "./block-queue.ts";
import { Column } from "./column.ts";
import { sizeWord } from "./file-layouts.ts";

/** Where a small content lies. */
export interface FragmentPlace {
  readonly fragment: number;
  readonly offset: number;
}

/** Packs small contents together into blocks. */
export class FragmentPacker {
  private readonly queue: BlockQueue;
  private readonly blockSize: number;
  private readonly offsets = Column.float64();
  private readonly sizeWords = Column.uint32();
  private block: Buffer | undefined;
  private filled = 0;

  constructor(queue: BlockQueue, blockSize: number) {
    this.queue = queue;
    this.blockSize = blockSize;
  }

  /** Fragment blocks so far. */
  get count(): number {
    return this.offsets.length;
  }

  /** @param content 1 to blockSize - 1 bytes, which are copied */
  async add(content: Uint8Array): Promise<FragmentPlace> {
    if (this.filled + content.length > this.blockSize) await this.flush();
    if (!this.block) {
      this.block = Buffer.allocUnsafeSlow(this.blockSize);
      this.offsets.push(0);
      this.sizeWords.push(0);
    }
    const offset = this.filled;
    this.block.set(content, offset);
    this.filled += content.length;
    return { fragment: this.count - 1, offset };
  }

  /** Sends off the block that is being filled. */
  async flush(): Promise<void> {
    if (!this.block) return;
    const block = this.block.subarray(0, this.filled);
    const fragment = this.count - 1;
    this.block = undefined;
    this.filled = 0;
    await this.queue.push(
      block,
      lazily(() => digestOf(block)),
      (stored) => {
        this.offsets.set(fragment, stored.offset);
        this.sizeWords.set(fragment, sizeWord(stored));
      },
    );
  }

  /** The entries of the fragment table; complete once the queue has been drained. */
  encodeTable(): Buffer {
    const table = Buffer.alloc(this.count * FRAGMENT_ENTRY_SIZE);
    for (let index = 0; index < this.count; index++) {
      const entry = index * FRAGMENT_ENTRY_SIZE;
      table.writeBigUInt64LE(BigInt(this.offsets.get(index)), entry);
      table.writeUInt32LE(this.sizeWords.get(index), entry + 8);
    }
    return table;
  }
}

function lazily<T>(compute: () => T): () => T {
  let value: { readonly it: T } | undefined;
  return () => {
    value ??= { it: compute() };
    return value.it;
  };
}
