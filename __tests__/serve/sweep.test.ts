import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
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

it.each(["alice/hello:.incoming", "alice/.incoming:1"])(
  "knows the name %s, which is also that of a folder of the store",
  async (name) => {
    const repository = await openRepository();
    await repository.attach(await push(repository, 1), parseImageTag(name), false);
    expect(await sweep(repository, HOUR, () => Date.now() + 2 * HOUR)).toEqual([]);
    await repository.close();
  },
);

it("leaves nothing of an image whose descriptor a disk has damaged", async () => {
  const first = await openRepository();
  const digest = await push(first, 1);
  await first.close();
  const path = join(directory.path, "store/images", digest, "descriptor");
  writeFileSync(path, readFileSync(path).fill(0, 60));
  const repository = await openRepository();
  expect(await sweep(repository, HOUR, () => Date.now() + 2 * HOUR)).toEqual([digest]);
  expect(filesOf(join(directory.path, "store"))).toEqual({});
});

/** Does something as soon as the tags have been listed. */
function behindTags(repository: ImageRepository, work: () => Promise<unknown>) {
  const { store } = repository;
  const list = store.list.bind(store);
  let isDone = false;
  store.list = async function* (prefix) {
    yield* list(prefix);
    if (prefix !== "tags/" || isDone) return;
    isDone = true;
    await work();
  };
}

const later = () => Date.now() + 2 * HOUR;

it("keeps an image that another server gives a name meanwhile", async () => {
  const [here, there] = [await openRepository(), await openRepository()];
  const digest = await push(here, 1);
  const tag = parseImageTag("alice/hello");
  behindTags(here, () => there.attach(digest, tag, false));
  expect(await sweep(here, HOUR, later)).toEqual([]);
  expect(await there.findTag(tag)).toMatchObject({ digest });
  await here.close();
});

it("gives no name to an image that another server removes meanwhile", async () => {
  const [here, there] = [await openRepository(), await openRepository()];
  const [first, second] = [await push(here, 1), await push(here, 2)];
  const tag = parseImageTag("alice/hello");
  await here.attach(first, tag, false);
  const { store } = there;
  const write = store.write.bind(store);
  store.write = async (key, ...rest) => {
    if (key.startsWith("tags/")) expect(await sweep(here, HOUR, later)).toContain(second);
    store.write = write;
    await write(key, ...rest);
  };
  await expect(there.attach(second, tag, false)).rejects.toThrow("expired");
  expect(await there.findTag(tag)).toMatchObject({ digest: first });
  await here.close();
});

it("keeps an image of which more has come since it was listed", async () => {
  const repository = await openRepository();
  const digest = await push(repository, 1);
  const folder = join(directory.path, "store/images", digest);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    utimesSync(join(folder, name), 1, 1);
  }
  behindTags(repository, () =>
    repository.store.write(`images/${digest}/permitted`, Readable.from([]), 0),
  );
  expect(await sweep(repository, HOUR)).toEqual([]);
  await repository.close();
});

it("leaves the rest for the next time when the server is closed meanwhile", async () => {
  const repository = await openRepository();
  for (const seed of [1, 2]) await push(repository, seed);
  const { store } = repository;
  const list = store.list.bind(store);
  const ending = new AbortController();
  let listed = 0;
  store.list = async function* (prefix) {
    for await (const found of list(prefix)) {
      listed += 1;
      yield found;
      ending.abort();
    }
  };
  expect(await sweep(repository, HOUR, later, ending.signal)).toEqual([]);
  expect(listed).toBe(2);
  store.list = list;
  expect(await sweep(repository, HOUR, later)).toHaveLength(2);
  await repository.close();
});
