import { createHash } from "node:crypto";
import { createSha3, type StreamingHash } from "../gvmi/hash.ts";
import type { ImageDescriptor } from "./descriptor.ts";
import { chunkKey, completeKey, refusalKey } from "./keys.ts";
import { type ObjectStore, writeObject } from "./store/object-store.ts";

/** Of so many uploads at once the hash is carried on; those of others start over. */
const MAX_CHECKS = 64;

interface Check {
  readonly image: ImageDescriptor;
  hash: StreamingHash;
  /** The first chunk that is not in the hash. */
  next: number;
  running: Promise<void> | undefined;
  /** Whether a chunk came while it was running. */
  isStale: boolean;
}

/**
 * Checks that images have the SHA3-224 that their descriptors claim, without which anyone could put an image
 * in the place of another. Chunks are hashed as soon as all before them are there, so that little is left to
 * do when the last one comes.
 */
export class ImageVerifier {
  private readonly checks = new Map<string, Check>();
  /** Those of checks, too, that are done but for what they write at the end. */
  private readonly running = new Set<Promise<void>>();
  private isClosed = false;

  constructor(
    private readonly store: ObjectStore,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** To be called when a chunk has come. Returns at once. */
  advance(image: ImageDescriptor): void {
    if (this.isClosed) return;
    const check = this.checkOf(image);
    check.isStale = true;
    check.running ??= this.start(check);
  }

  /** Waits until all chunks that are there are checked, but not for long. */
  async settle(image: ImageDescriptor, longestMs: number): Promise<void> {
    this.advance(image);
    const running = this.checks.get(image.digest)?.running;
    if (!running) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, longestMs);
    });
    await Promise.race([running, enough]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.running);
  }

  private start(check: Check): Promise<void> {
    const running = this.run(check)
      .catch((error) => {
        this.checks.delete(check.image.digest);
        this.onFailure(error);
      })
      .finally(() => {
        check.running = undefined;
        this.running.delete(running);
      });
    this.running.add(running);
    return running;
  }

  private checkOf(image: ImageDescriptor): Check {
    const known = this.checks.get(image.digest);
    if (known) return known;
    if (this.checks.size >= MAX_CHECKS) {
      const idle = [...this.checks].find(([, check]) => check.running === undefined);
      if (idle) this.checks.delete(idle[0]);
    }
    const hash = createSha3();
    const check = { image, hash, next: 0, running: undefined, isStale: false };
    this.checks.set(image.digest, check);
    return check;
  }

  private async run(check: Check): Promise<void> {
    const { digest, hash, chunks } = check.image;
    while (check.isStale) {
      check.isStale = false;
      while (check.next < chunks.length && (await this.isThere(check))) {
        if (!(await this.hashNext(check))) return;
      }
    }
    if (check.next < chunks.length) return;
    this.checks.delete(digest);
    if (await this.store.stat(completeKey(hash, digest))) return;
    if (check.hash.hex() === hash) {
      // A check that started over may have begun with chunks that are no longer there.
      if (await this.hasAllChunks(check.image)) {
        await writeObject(this.store, completeKey(hash, digest), new Uint8Array());
      }
      return;
    }
    if (!(await this.removeDamaged(check.image))) {
      await writeObject(this.store, refusalKey(digest), new Uint8Array());
    }
  }

  private keyOf({ digest, chunks }: ImageDescriptor, number: number): string {
    return chunkKey(digest, number, chunks[number]?.sha256 ?? "");
  }

  private async isThere({ image, next }: Check): Promise<boolean> {
    const found = await this.store.stat(this.keyOf(image, next));
    return found?.size === image.chunks[next]?.length;
  }

  /** @returns false when it was interrupted */
  private async hashNext(check: Check): Promise<boolean> {
    for await (const block of this.store.read(this.keyOf(check.image, check.next))) {
      if (this.isClosed) return false;
      check.hash.update(block);
    }
    check.next += 1;
    return true;
  }

  private async hasAllChunks(image: ImageDescriptor): Promise<boolean> {
    for (const [number, { length }] of image.chunks.entries()) {
      if ((await this.store.stat(this.keyOf(image, number)))?.size !== length) return false;
    }
    return true;
  }

  /** Removes chunks that a disk has damaged, so that they are sent again. @returns whether there was one */
  private async removeDamaged(image: ImageDescriptor): Promise<boolean> {
    let isDamaged = false;
    for (const [number, { sha256 }] of image.chunks.entries()) {
      const key = this.keyOf(image, number);
      const hash = createHash("sha256");
      for await (const block of this.store.read(key)) hash.update(block);
      if (hash.digest("hex") === sha256) continue;
      await this.store.remove(key);
      isDamaged = true;
    }
    return isDamaged;
  }
}
