/** An object of a store. */
export interface StoredObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

/** Bytes of an object; both ends are inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a repository keeps its files: named objects that are written whole or not at all. Keys are words of
 * letters, digits, `_`, `-` and `.`, with slashes between them.
 */
export interface ObjectStore {
  /** @returns undefined when there is no such object */
  stat(key: string): Promise<StoredObject | undefined>;

  /**
   * @param range all of it when absent
   * @throws an error when there is no such object, or it ends early
   */
  read(key: string, range?: ByteRange): AsyncIterable<Uint8Array>;

  /**
   * Writes an object, in the place of the one that may be there. When `content` throws, nothing is changed and
   * the error is passed on.
   *
   * @param size of the content in bytes
   * @throws {NoRoomError} when the store is full
   */
  write(key: string, content: AsyncIterable<Uint8Array>, size: number): Promise<void>;

  /** All objects whose keys start with the prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;

  /** Does nothing when there is no such object. */
  remove(key: string): Promise<void>;

  /** Gives connections back. */
  close(): void;
}

/** The disk, or what the repository may take of it, is full. */
export class NoRoomError extends Error {}

const KEY = /^[\w.-]+(?:\/[\w.-]+)*$/;

/** @throws an error for a key that could lead out of the store */
export function assertKey(key: string): void {
  const isSafe = KEY.test(key) && !key.split("/").some((word) => /^\.+$/.test(word));
  if (!isSafe) throw new Error(`${JSON.stringify(key)} cannot be the key of an object.`);
}

/**
 * A small object whole.
 *
 * @param longest bytes; more are an error
 * @returns undefined when there is no such object
 */
export async function readObject(
  store: ObjectStore,
  key: string,
  longest: number,
): Promise<Buffer | undefined> {
  const found = await store.stat(key);
  if (!found) return undefined;
  if (found.size > longest)
    throw new Error(`${key} has ${found.size} bytes, too many for what it is.`);
  const blocks: Uint8Array[] = [];
  for await (const block of store.read(key)) blocks.push(block);
  return Buffer.concat(blocks);
}

/** The content of an object that is in memory already. */
export async function* contentOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** Writes an object that is in memory already. */
export async function writeObject(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  await store.write(key, contentOf(bytes), bytes.length);
}
