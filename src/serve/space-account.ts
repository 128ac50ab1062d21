import { IMAGES } from "./keys.ts";
import { NoRoomError, type ObjectStore } from "./store/object-store.ts";

/** Several who write the same object at once. */
interface Writers {
  count: number;
  /** Whether one of them has written it, so that it is counted. */
  isWritten: boolean;
}

/** How much a repository's images take, of what they may take. */
export class SpaceAccount {
  /** What is stored. */
  private stored = 0;
  /** What has come of objects that are being written. */
  private arriving = 0;
  /** What was stored since the running measurement began, which may not see it. */
  private storedMeanwhile = 0;
  private readonly writers = new Map<string, Writers>();

  /** @param limit bytes */
  constructor(
    private readonly store: ObjectStore,
    private readonly limit: number,
  ) {}

  get usedBytes(): number {
    return this.stored + this.arriving;
  }

  /** Adds up what is there, also by others who share the store. */
  async measure(): Promise<void> {
    this.storedMeanwhile = 0;
    let sum = 0;
    for await (const { size } of this.store.list(IMAGES)) sum += size;
    this.stored = sum + this.storedMeanwhile;
  }

  /** @throws {NoRoomError} */
  assertRoomFor(bytes: number): void {
    if (this.usedBytes + bytes <= this.limit) return;
    const free = Math.max(0, this.limit - this.usedBytes);
    throw new NoRoomError(`${bytes} bytes do not fit: ${free} of ${this.limit} are free.`);
  }

  /**
   * Writes an object and counts its bytes as they come: who announces many and sends none takes no room.
   *
   * @throws {NoRoomError}
   */
  async write(key: string, content: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    this.assertRoomFor(size);
    const writers = this.writers.get(key) ?? { count: 0, isWritten: false };
    this.writers.set(key, writers);
    writers.count += 1;
    const seen = { bytes: 0 };
    try {
      await this.store.write(key, this.counted(content, seen), size);
      if (!writers.isWritten) {
        this.stored += size;
        this.storedMeanwhile += size;
      }
      writers.isWritten = true;
    } finally {
      this.arriving -= seen.bytes;
      writers.count -= 1;
      if (writers.count === 0) this.writers.delete(key);
    }
  }

  private async *counted(content: AsyncIterable<Uint8Array>, seen: { bytes: number }) {
    for await (const block of content) {
      this.assertRoomFor(block.length);
      this.arriving += block.length;
      seen.bytes += block.length;
      yield block;
    }
  }
}
