import { IMAGES } from "./keys.ts";
import { NoRoomError, type ObjectStore } from "./store/object-store.ts";

/** How much a repository's images take, of what they may take. */
export class SpaceAccount {
  private used = 0;

  /** @param limit bytes */
  constructor(
    private readonly store: ObjectStore,
    private readonly limit: number,
  ) {}

  get usedBytes(): number {
    return this.used;
  }

  /** Adds up what is there, also by others who share the store. */
  async measure(): Promise<void> {
    let sum = 0;
    for await (const { size } of this.store.list(IMAGES)) sum += size;
    this.used = sum;
  }

  /** @throws {NoRoomError} */
  assertRoomFor(bytes: number): void {
    if (this.used + bytes <= this.limit) return;
    const free = Math.max(0, this.limit - this.used);
    throw new NoRoomError(`${bytes} bytes do not fit: ${free} of ${this.limit} are free.`);
  }

  /**
   * Counts bytes while and after they are written.
   *
   * @throws {NoRoomError}
   */
  async adding(bytes: number, write: () => Promise<void>): Promise<void> {
    this.assertRoomFor(bytes);
    this.used += bytes;
    try {
      await write();
    } catch (error) {
      this.used = Math.max(0, this.used - bytes);
      throw error;
    }
  }
}
