import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageRepository } from "../../src/serve/image-repository.ts";
import { DirectoryStore } from "../../src/serve/store/directory-store.ts";
import { sha3, testBytes, useDirectory, writeImage } from "../publish/image-file.ts";

const directory = useDirectory();
const CHUNK_BYTES = 1000;

async function openRepository(storeBytes = 100_000) {
  const store = await DirectoryStore.open(join(directory.path, "store"));
  return new ImageRepository(store, {
    limits: { imageBytes: 20_000, storeBytes },
    allowsAnonymous: true,
    keepsTags: false,
  });
}

async function* contentOf(bytes: Buffer) {
  yield bytes;
}

/** Sends what the repository says that it lacks. @returns how many chunks those were */
async function push(repository: ImageRepository, bytes: Buffer) {
  const { descriptor } = writeImage(join(directory.path, "a.gvmi"), bytes, "a", CHUNK_BYTES);
  const { digest, chunks } = await repository.pushDescriptor(descriptor);
  const status = await repository.status(digest);
  let sent = 0;
  for (const [number, chunk] of chunks.entries()) {
    if (status?.chunks[number]) continue;
    const content = bytes.subarray(chunk.start, chunk.start + chunk.length);
    await repository.pushChunk(digest, number, chunk, contentOf(content));
    sent += 1;
  }
  return { digest, sent, status: await repository.status(digest) };
}

const filesOf = (digest: string) => {
  const folder = join(directory.path, "store/images", digest);
  const chunks = readdirSync(join(folder, "chunks")).map((name) => join(folder, "chunks", name));
  return { descriptor: join(folder, "descriptor"), chunks };
};

function damage(path = "") {
  const bytes = readFileSync(path);
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function newGate() {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, isOpen };
}

async function download(repository: ImageRepository, digest: string) {
  const image = await repository.complete(digest);
  if (!image) throw new Error("It is not whole.");
  const blocks: Uint8Array[] = [];
  const all = { start: 0, end: image.size - 1 };
  for await (const block of repository.read(image, all)) blocks.push(block);
  return Buffer.concat(blocks);
}

describe("an image that was whole", () => {
  const bytes = testBytes(4500);

  it("takes a chunk again that is no longer there", async () => {
    const repository = await openRepository();
    const { digest } = await push(repository, bytes);
    rmSync(filesOf(digest).chunks[2] ?? "");
    expect(await repository.status(digest)).toEqual({
      isFull: false,
      chunks: [true, true, false, true, true],
    });
    expect(await push(repository, bytes)).toMatchObject({ sent: 1, status: { isFull: true } });
    expect(sha3(await download(repository, digest))).toBe(sha3(bytes));
  });

  it("takes a chunk again that a download has found damaged", async () => {
    const repository = await openRepository();
    const { digest } = await push(repository, bytes);
    damage(filesOf(digest).chunks[2]);
    await expect(download(repository, digest)).rejects.toThrow("Chunk 2");
    expect(await push(repository, bytes)).toMatchObject({ sent: 1, status: { isFull: true } });
    expect(sha3(await download(repository, digest))).toBe(sha3(bytes));
  });

  it("takes its descriptor again when that is damaged", async () => {
    const { digest } = await push(await openRepository(), bytes);
    damage(filesOf(digest).descriptor);
    const repository = await openRepository();
    expect(await repository.status(digest)).toBeUndefined();
    expect(await push(repository, bytes)).toMatchObject({ sent: 0, status: { isFull: true } });
    expect(sha3(await download(repository, digest))).toBe(sha3(bytes));
  });
});

describe("the account of the space", () => {
  it("counts a chunk once that several send at the same time", async () => {
    const repository = await openRepository();
    const bytes = testBytes(1000);
    const { descriptor } = writeImage(join(directory.path, "a.gvmi"), bytes);
    const { digest, chunks } = await repository.pushDescriptor(descriptor);
    const [chunk] = chunks;
    if (!chunk) throw new Error("An image has chunks.");
    const senders = [1, 2, 3].map(() => repository.pushChunk(digest, 0, chunk, contentOf(bytes)));
    await Promise.all(senders);
    expect(repository.space.usedBytes).toBe(bytes.length + descriptor.length);
    await repository.close();
  });

  it("keeps no room for those who announce a chunk and do not send it", async () => {
    const repository = await openRepository(20_000);
    const bytes = testBytes(15_000);
    const { descriptor } = writeImage(join(directory.path, "b.gvmi"), bytes);
    const { digest, chunks } = await repository.pushDescriptor(descriptor);
    const [chunk] = chunks;
    if (!chunk) throw new Error("An image has chunks.");
    const hasBegun = newGate();
    const givesUp = newGate();
    async function* slowly() {
      hasBegun.open();
      yield bytes.subarray(0, 100);
      await givesUp.isOpen;
    }
    const sending = repository.pushChunk(digest, 0, chunk, slowly());
    await hasBegun.isOpen;
    expect(await push(repository, testBytes(6000, 2))).toMatchObject({ status: { isFull: true } });
    givesUp.open();
    await expect(sending).rejects.toThrow("damaged on the way");
    await repository.close();
    const used = repository.space.usedBytes;
    await repository.space.measure();
    expect(used).toBe(repository.space.usedBytes);
  });

  it("refuses wrong bytes for a chunk that is there, too", async () => {
    const repository = await openRepository();
    const bytes = testBytes(2500);
    const { digest } = await push(repository, bytes);
    const { chunks } = await repository.pushDescriptor(
      writeImage(join(directory.path, "a.gvmi"), bytes, "a", CHUNK_BYTES).descriptor,
    );
    const [chunk] = chunks;
    if (!chunk) throw new Error("An image has chunks.");
    const again = (content: Buffer) => repository.pushChunk(digest, 0, chunk, contentOf(content));
    await expect(again(testBytes(CHUNK_BYTES, 9))).rejects.toThrow("damaged on the way");
    await again(bytes.subarray(0, CHUNK_BYTES));
    expect(await repository.status(digest)).toMatchObject({ isFull: true });
  });

  it("ends what outgrows the room while it arrives", async () => {
    const repository = await openRepository(12_000);
    const bytes = testBytes(8000);
    const { descriptor } = writeImage(join(directory.path, "b.gvmi"), bytes);
    const { digest, chunks } = await repository.pushDescriptor(descriptor);
    const [chunk] = chunks;
    if (!chunk) throw new Error("An image has chunks.");
    const sendsOn = newGate();
    async function* inTwo() {
      yield bytes.subarray(0, 100);
      await sendsOn.isOpen;
      yield bytes.subarray(100);
    }
    const sending = repository.pushChunk(digest, 0, chunk, inTwo());
    await push(repository, testBytes(6000, 2));
    sendsOn.open();
    await expect(sending).rejects.toThrow("do not fit");
    expect(readdirSync(join(directory.path, "store/.incoming"))).toEqual([]);
    await repository.close();
  });
});

it("has written all that it began to write when it is closed", async () => {
  const store = await DirectoryStore.open(join(directory.path, "store"));
  const write = store.write.bind(store);
  const isWriting = newGate();
  const goesOn = newGate();
  store.write = async (key, content, size) => {
    if (key.startsWith("hashes/")) {
      isWriting.open();
      await goesOn.isOpen;
    }
    await write(key, content, size);
  };
  const limits = { imageBytes: 20_000, storeBytes: 100_000 };
  const repository = new ImageRepository(store, {
    limits,
    allowsAnonymous: true,
    keepsTags: false,
  });
  const bytes = testBytes(1000);
  const { descriptor } = writeImage(join(directory.path, "a.gvmi"), bytes);
  const { digest, chunks } = await repository.pushDescriptor(descriptor);
  const [chunk] = chunks;
  if (!chunk) throw new Error("An image has chunks.");
  await repository.pushChunk(digest, 0, chunk, contentOf(bytes));
  await isWriting.isOpen;
  let isClosed = false;
  const closing = repository.close().then(() => {
    isClosed = true;
  });
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  goesOn.open();
  await closing;
  expect(await repository.complete(digest)).toBeDefined();
});
