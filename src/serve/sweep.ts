import type { CompleteImage, ImageRepository } from "./image-repository.ts";
import { readDigest } from "./image-repository.ts";
import { completeKey, HASHES, IMAGES, imageFolder, TAGS } from "./keys.ts";

/** Of so many images at once it is looked whether tags lead to them, for which all tags are read. */
const BATCH = 50;

/**
 * Removes images that no tag leads to, whole or not, when nothing of them has come for long.
 *
 * @param olderThanMs milliseconds
 * @param signal ends it early; the next one goes on
 * @returns the descriptors of what was removed
 */
export async function sweep(
  repository: ImageRepository,
  olderThanMs: number,
  now: () => number = Date.now,
  signal?: AbortSignal,
): Promise<string[]> {
  const hasExpired = (modified: number) => now() - modified >= olderThanMs;
  const expired = [...(await lastChanges(repository, IMAGES, signal))]
    .filter(([, modified]) => hasExpired(modified))
    .map(([digest]) => digest);
  const removed: string[] = [];
  for (let first = 0; first < expired.length && !signal?.aborted; first += BATCH) {
    const batch = expired.slice(first, first + BATCH);
    await repository.lock.hold(async () => {
      removed.push(...(await removeUnnamed(repository, batch, hasExpired)));
    });
  }
  // Others may have stored images meanwhile.
  if (!signal?.aborted) await repository.space.measure();
  return removed;
}

/** Removes those of some images that have no tag; this process gives them none meanwhile. */
async function removeUnnamed(
  repository: ImageRepository,
  digests: readonly string[],
  hasExpired: (modified: number) => boolean,
): Promise<string[]> {
  const { store } = repository;
  const named = await namedDigests(repository);
  const hidden = new Map<string, CompleteImage | undefined>();
  for (const digest of digests) {
    if (named.has(digest)) continue;
    const changed = (await lastChanges(repository, imageFolder(digest))).get(digest);
    // More of it has come since.
    if (changed !== undefined && !hasExpired(changed)) continue;
    hidden.set(digest, await hide(repository, digest));
  }
  // Another process that shares the store looks for the image behind giving it a name: one of both notices.
  const namedMeanwhile = await namedDigests(repository);
  const removed: string[] = [];
  for (const [digest, image] of hidden) {
    if (namedMeanwhile.has(digest)) {
      if (image) await repository.restore(image);
      continue;
    }
    const keys: string[] = [];
    for await (const { key } of store.list(imageFolder(digest))) keys.push(key);
    for (const key of keys.reverse()) await store.remove(key);
    removed.push(digest);
  }
  return removed;
}

/** Removes what makes an image one, so that it is none when only a part of it is left. */
async function hide(
  repository: ImageRepository,
  digest: string,
): Promise<CompleteImage | undefined> {
  const { store } = repository;
  const image = await repository.complete(digest);
  if (image) await store.remove(completeKey(image.hash, digest));
  if (await repository.describe(digest)) return image;
  // What hash it had was in its descriptor, which is damaged.
  const keys: string[] = [];
  for await (const { key } of store.list(HASHES)) if (key.endsWith(`/${digest}`)) keys.push(key);
  for (const key of keys) await store.remove(key);
  return undefined;
}

/** When something of each image below a prefix was last written, in milliseconds. */
async function lastChanges(
  { store }: ImageRepository,
  prefix: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const changes = new Map<string, number>();
  for await (const { key, modified } of store.list(prefix)) {
    // Half a list has images that only seem to be old.
    if (signal?.aborted) return new Map();
    const digest = key.slice(IMAGES.length).split("/", 1)[0] ?? "";
    changes.set(digest, Math.max(changes.get(digest) ?? 0, modified.getTime()));
  }
  return changes;
}

/** The images that tags lead to. */
async function namedDigests({ store }: ImageRepository): Promise<Set<string>> {
  const digests = new Set<string>();
  for await (const { key } of store.list(TAGS)) {
    const digest = await readDigest(store, key);
    if (digest !== undefined) digests.add(digest);
  }
  return digests;
}
