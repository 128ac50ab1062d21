import { type CompleteImage, type ImageRepository, readDigest } from "../image-repository.ts";
import { HASHES, TAGS } from "../keys.ts";
import { keysBelow } from "./key-list.ts";

/** One page of a list. */
export interface ListPage<T> {
  readonly items: readonly T[];
  /** From 1. */
  readonly number: number;
  /** How many there are. */
  readonly pages: number;
  /** Items on all pages. */
  readonly total: number;
}

export interface TaggedImage {
  /** `user/repository:tag` */
  readonly name: string;
  readonly image: CompleteImage;
}

const ITEMS_PER_PAGE = 50;

/** Tags in the order of their names. */
export async function listTags(
  repository: ImageRepository,
  number: number,
): Promise<ListPage<TaggedImage>> {
  const { keys, ...page } = await keysOfPage(repository, TAGS, number);
  const items: TaggedImage[] = [];
  for (const key of keys) {
    const [user, name, tag] = key.slice(TAGS.length).split("/");
    const digest = await readDigest(repository.store, key);
    const image = digest === undefined ? undefined : await repository.complete(digest);
    if (image) items.push({ name: `${user}/${name}:${tag}`, image });
  }
  return { ...page, items };
}

/** All whole images, with and without a tag, in the order of their hashes. */
export async function listImages(
  repository: ImageRepository,
  number: number,
): Promise<ListPage<CompleteImage>> {
  const { keys, ...page } = await keysOfPage(repository, HASHES, number);
  const items: CompleteImage[] = [];
  for (const key of keys) {
    const image = await repository.complete(key.slice(key.lastIndexOf("/") + 1));
    if (image) items.push(image);
  }
  return { ...page, items };
}

async function keysOfPage({ store }: ImageRepository, prefix: string, number: number) {
  const all = await keysBelow(store, prefix);
  const first = (number - 1) * ITEMS_PER_PAGE;
  const keys = all.slice(first, first + ITEMS_PER_PAGE);
  const pages = Math.max(1, Math.ceil(all.length / ITEMS_PER_PAGE));
  return { keys, number, total: all.length, pages };
}
