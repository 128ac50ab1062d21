import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { descriptorDigest } from "../../src/gvmi/descriptor.ts";
import type { PublishFile } from "../../src/publish/publish-target.ts";
import { parseImageTag } from "../../src/publish/registry/image-tag.ts";
import { ImageRepository } from "../../src/serve/image-repository.ts";
import { DirectoryStore } from "../../src/serve/store/directory-store.ts";
import { sweep } from "../../src/serve/sweep.ts";
import { testBytes, useDirectory, writeImage } from "../publish/image-file.ts";
import { filesOf } from "./support.ts";

const directory = useDirectory();
const HOUR = 60 * 60 * 1000;

async function openRepository() {
  const store = await DirectoryStore.open(join(directory.path, "store"));
  return new ImageRepository(store, {
    limits: { imageBytes: 10_000, storeBytes: 100_000 },
    allowsAnonymous: true,
    keepsTags: false,
  });
}

/** Pushes an image of one chunk. */
async function push(repository: ImageRepository, seed: number) {
  const bytes = testBytes(1000, seed);
  const file: PublishFile = writeImage(join(directory.path, `${seed}.gvmi`), bytes);
  const { digest, chunks } = await repository.pushDescriptor(file.descriptor);
  const [chunk] = chunks;
  if (!chunk) throw new Error("An image has chunks.");
  async function* content() {
    yield bytes;
  }
  await repository.pushChunk(digest, 0, chunk, content());
  expect(await repository.status(digest)).toMatchObject({ isFull: true });
  return digest;
}

it("removes what nobody has named for long, and nothing else", async () => {
  const repository = await openRepository();
  const named = await push(repository, 1);
  const unnamed = await push(repository, 2);
  await repository.attach(named, parseImageTag("alice/hello"), false);
  await repository.space.measure();
  const before = repository.space.usedBytes;
  expect(await sweep(repository, HOUR)).toEqual([]);
  const later = () => Date.now() + 2 * HOUR;
  expect(await sweep(repository, HOUR, later)).toEqual([unnamed]);
  expect(repository.space.usedBytes).toBe(before / 2);
  expect(await repository.complete(named)).toBeDefined();
  expect(await repository.status(unnamed)).toBeUndefined();
  const left = Object.keys(filesOf(join(directory.path, "store")));
  expect(left.some((name) => name.includes(unnamed))).toBe(false);
  await repository.close();
});

it("removes uploads that were given up", async () => {
  const repository = await openRepository();
  const file = writeImage(join(directory.path, "a.gvmi"), testBytes(1000));
  await repository.pushDescriptor(file.descriptor);
  expect(await sweep(repository, HOUR, () => Date.now() + 2 * HOUR)).toEqual([
    descriptorDigest(file.descriptor),
  ]);
  expect(existsSync(join(directory.path, "store/images"))).toBe(true);
  expect(filesOf(join(directory.path, "store"))).toEqual({});
});

it("keeps an image for some time that has lost its tag", async () => {
  const repository = await openRepository();
  const [first, second] = [await push(repository, 1), await push(repository, 2)];
  const tag = parseImageTag("alice/hello");
  await repository.attach(first, tag, false);
  const folder = join(directory.path, "store/images", first);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    utimesSync(join(folder, name), 1, 1);
  }
  await repository.attach(second, tag, false);
  expect(await sweep(repository, HOUR)).toEqual([]);
  expect(await sweep(repository, HOUR, () => Date.now() + 2 * HOUR)).toEqual([first]);
  await repository.close();
});
