import { FRAGMENT_ENTRY_SIZE } from "../format.ts";
import { digestOf } from "./block-compressor.ts";
import type { BlockQueue } from "./block-queue.ts";
import { Column } from "./column.ts";
import { type ContentKind, kindOfContent } from "./content-kind.ts";
import { sizeWord } from "./file-layouts.ts";

/** Where a small content lies. */
export interface FragmentPlace {
  readonly fragment: number;
  readonly offset: number;
}

/** A block that is being filled. */
interface OpenFragment {
  readonly fragment: number;
  readonly block: Buffer;
  filled: number;
}

/** Packs small contents together into blocks, those of one kind with each other: they compress better. */
export class FragmentPacker {
  private readonly queue: BlockQueue;
  private readonly blockSize: number;
  private readonly offsets = Column.float64();
  private readonly sizeWords = Column.uint32();
  private readonly open = new Map<ContentKind, OpenFragment>();

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
    const kind = kindOfContent(content);
    let open = this.open.get(kind);
    if (open && open.filled + content.length > this.blockSize) {
      await this.send(open);
      open = undefined;
    }
    open ??= this.start();
    this.open.set(kind, open);
    const offset = open.filled;
    open.block.set(content, offset);
    open.filled += content.length;
    return { fragment: open.fragment, offset };
  }

  private start(): OpenFragment {
    const fragment = this.offsets.push(0);
    this.sizeWords.push(0);
    return { fragment, block: Buffer.allocUnsafeSlow(this.blockSize), filled: 0 };
  }

  /** Sends off the blocks that are being filled. */
  async flush(): Promise<void> {
    const open = [...this.open.values()].sort((a, b) => a.fragment - b.fragment);
    this.open.clear();
    for (const fragment of open) await this.send(fragment);
  }

  private async send({ fragment, block, filled }: OpenFragment): Promise<void> {
    const content = block.subarray(0, filled);
    await this.queue.push(
      content,
      lazily(() => digestOf(content)),
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
