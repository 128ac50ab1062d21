import type { ObjectStore } from "../store/object-store.ts";

/** A list is used for so many times as long as it took to make. */
const REUSE = 10;

interface KeyList {
  readonly keys: Promise<readonly string[]>;
  /** Milliseconds of `performance.now()`; infinite while it is being made. */
  until: number;
}

const lists = new WeakMap<ObjectStore, Map<string, KeyList>>();

/**
 * The keys of a store's objects that start with a prefix, in their order. Listing many takes long, and everyone
 * may ask for pages: those who ask at the same time share a list, and it takes a tenth of the time at most. Of a
 * store with few objects it is hardly ever old.
 */
export async function keysBelow(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const ofStore = lists.get(store) ?? new Map<string, KeyList>();
  lists.set(store, ofStore);
  const known = ofStore.get(prefix);
  if (known && performance.now() < known.until) return await known.keys;
  const start = performance.now();
  const made: KeyList = { keys: list(store, prefix), until: Number.POSITIVE_INFINITY };
  ofStore.set(prefix, made);
  try {
    return await made.keys;
  } catch (error) {
    ofStore.delete(prefix);
    throw error;
  } finally {
    const end = performance.now();
    made.until = end + REUSE * (end - start);
  }
}

async function list(store: ObjectStore, prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}
