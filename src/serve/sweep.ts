import type { ImageRepository } from "./image-repository.ts";
import { readDigest } from "./image-repository.ts";
import { completeKey, IMAGES, imageFolder, TAGS } from "./keys.ts";

/**
 * Removes images that no tag leads to, whole or not, when nothing of them has come for long.
 *
 * @param olderThanMs milliseconds
 * @returns the descriptors of what was removed
 */
export async function sweep(
  repository: ImageRepository,
  olderThanMs: number,
  now: () => number = Date.now,
): Promise<string[]> {
  const { store } = repository;
  const removed: string[] = [];
  for (const [digest, modified] of await lastChanges(repository)) {
    if (now() - modified < olderThanMs) continue;
    await repository.lock.hold(async () => {
      // Only now, because no image gets a tag while the lock is held.
      if (await hasTag(repository, digest)) return;
      const image = await repository.describe(digest).catch(() => undefined);
      // First what makes it an image, so that a half-removed one is none.
      if (image) await store.remove(completeKey(image.hash, digest));
      const keys: string[] = [];
      for await (const { key } of store.list(imageFolder(digest))) keys.push(key);
      for (const key of keys.reverse()) await store.remove(key);
      removed.push(digest);
    });
  }
  // Others may have stored images meanwhile.
  await repository.space.measure();
  return removed;
}

/** When something of each image was last written, in milliseconds. */
async function lastChanges({ store }: ImageRepository): Promise<Map<string, number>> {
  const changes = new Map<string, number>();
  for await (const { key, modified } of store.list(IMAGES)) {
    const digest = key.slice(IMAGES.length).split("/", 1)[0] ?? "";
    changes.set(digest, Math.max(changes.get(digest) ?? 0, modified.getTime()));
  }
  return changes;
}

async function hasTag({ store }: ImageRepository, digest: string): Promise<boolean> {
  for await (const { key } of store.list(TAGS)) {
    if ((await readDigest(store, key)) === digest) return true;
  }
  return false;
}
