import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalStore } from "../../src/cache/local-store.ts";

let directory: string;
let cache: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cache-"));
  cache = join(directory, "cache");
});
afterEach(() => rmSync(directory, { recursive: true }));

const key = (content: string, options = "options") => ({ options, content });

function conversion(content: string, diffIds: string[] = []) {
  const path = join(directory, "made.gvmi");
  // As a conversion does: the file is another one each time.
  rmSync(path, { force: true });
  writeFileSync(path, content);
  const hash = createHash("sha3-224").update(content).digest("hex");
  const sha256 = createHash("sha256").update(content).digest("hex");
  const hashes = { hash, sha256, size: content.length };
  return { path, blockIndex: Buffer.from(`index of ${content}`), hashes, diffIds };
}

async function found(store: LocalStore, ...query: Parameters<LocalStore["find"]>) {
  const result = await store.find(...query);
  if (!result) return undefined;
  const { kind, entry } = result;
  const content = await entry.gvmi.readFile("utf8");
  await entry.close();
  return { kind, content, index: entry.blockIndex.toString(), hashes: entry.hashes };
}

test("a conversion is found again with its index and hashes, also by another process", async () => {
  const made = conversion("one");
  await new LocalStore(cache).save(key("a"), made);
  expect(await found(new LocalStore(cache), key("a"), [])).toEqual({
    kind: "hit",
    content: "one",
    index: "index of one",
    hashes: made.hashes,
  });
});

test("another image with the same options is near; the one with most layers in common comes first", async () => {
  const store = new LocalStore(cache);
  await store.save(key("a"), conversion("one", ["base", "middle", "top"]));
  await store.save(key("b"), conversion("two", ["base"]));
  expect(await found(store, key("c"), ["base", "middle", "other"])).toMatchObject({
    kind: "near",
    content: "one",
  });
  expect(await found(store, key("c", "other options"), ["base"])).toBeUndefined();
});

test("the least recently used goes when the limit is reached", async () => {
  const bytes = "x".repeat(1000);
  // Each entry takes these bytes twice, as the index of this test repeats them: three fit.
  const store = new LocalStore(cache, 6500);
  for (const name of ["a", "b", "c"]) await store.save(key(name), conversion(bytes));
  ["b", "c", "a"].forEach((name, index) => {
    utimesSync(join(cache, "options", name), index, index);
  });
  await store.save(key("d"), conversion(bytes));
  expect(readdirSync(join(cache, "options")).sort()).toEqual(["a", "c", "d"]);
});

test("a file larger than the limit is not kept, and drives nothing else out", async () => {
  const store = new LocalStore(cache, 1000);
  await store.save(key("a"), conversion("small"));
  await store.save(key("b"), conversion("x".repeat(2000)));
  expect(readdirSync(join(cache, "options"))).toEqual(["a"]);
});

test("an entry that lost a part, or whose description is damaged, is not there", async () => {
  const store = new LocalStore(cache);
  const damage = {
    a: (path: string) => rmSync(join(path, "image.gvmi")),
    b: (path: string) => rmSync(join(path, "blocks")),
    c: (path: string) => truncateSync(join(path, "entry.json"), 10),
    d: (path: string) => writeFileSync(join(path, "entry.json"), '{"hash": "../../x"}'),
  };
  for (const [name, break_] of Object.entries(damage)) {
    await store.save(key(name, name), conversion("one"));
    break_(join(cache, name, name));
    expect(await found(store, key(name, name), [])).toBeUndefined();
  }
});

test("twenty processes that save the same conversion leave one entry and nothing else", async () => {
  const stores = Array.from({ length: 20 }, () => new LocalStore(cache));
  const made = conversion("one");
  await Promise.all(stores.map((store) => store.save(key("a"), made)));
  expect(readdirSync(cache)).toEqual(["options"]);
  expect(readdirSync(join(cache, "options"))).toEqual(["a"]);
});

test("what a killed process left half-made goes after a day, not before", async () => {
  const [old, young] = ["unfinished-old", "unfinished-young"].map((name) => join(cache, name));
  for (const path of [old, young]) mkdirSync(path ?? "", { recursive: true });
  utimesSync(old ?? "", 0, 0);
  await new LocalStore(cache).save(key("a"), conversion("one"));
  expect(readdirSync(cache).sort()).toEqual(["options", "unfinished-young"]);
});

test("an entry that is discarded is gone", async () => {
  const store = new LocalStore(cache);
  await store.save(key("a"), conversion("one"));
  await (await store.find(key("a"), []))?.entry.discard();
  expect(await found(store, key("a"), [])).toBeUndefined();
  expect(readdirSync(cache)).toEqual(["options"]);
});
