import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DirectoryStore } from "../../../src/serve/store/directory-store.ts";
import {
  type ObjectStore,
  readObject,
  writeObject,
} from "../../../src/serve/store/object-store.ts";
import { useDirectory } from "../../publish/image-file.ts";

const directory = useDirectory();

const textOf = async (store: ObjectStore, key: string) =>
  (await readObject(store, key, 1000))?.toString();

async function keysOf(store: ObjectStore, prefix: string) {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

it("writes, reads in parts, lists in order and removes", async () => {
  const store = await DirectoryStore.open(directory.path);
  for (const key of ["a/c/2", "a/b", "a/c-1", "b/x"]) {
    await writeObject(store, key, Buffer.from(`contents of ${key}`));
  }
  expect(await keysOf(store, "a/")).toEqual(["a/b", "a/c-1", "a/c/2"]);
  expect(await keysOf(store, "missing/")).toEqual([]);
  expect(await textOf(store, "a/c/2")).toBe("contents of a/c/2");
  const blocks: Uint8Array[] = [];
  for await (const block of store.read("a/b", { start: 9, end: 10 })) blocks.push(block);
  expect(Buffer.concat(blocks).toString()).toBe("of");
  await store.remove("a/c/2");
  await store.remove("a/c/2");
  expect(await store.stat("a/c/2")).toBeUndefined();
  expect(await keysOf(store, "a/")).toEqual(["a/b", "a/c-1"]);
});

it("keeps what was there, and no part, when the content ends with an error", async () => {
  const store = await DirectoryStore.open(directory.path);
  await writeObject(store, "a/b", Buffer.from("old"));
  async function* broken() {
    yield Buffer.from("new");
    throw new Error("broken off");
  }
  await expect(store.write("a/b", broken(), 10)).rejects.toThrow("broken off");
  async function* short() {
    yield Buffer.from("new");
  }
  await expect(store.write("a/b", short(), 10)).rejects.toThrow("3 bytes instead of 10");
  expect(await textOf(store, "a/b")).toBe("old");
  expect(readdirSync(join(directory.path, ".incoming"))).toEqual([]);
});

it("removes what a killed process left, but not what one may still be writing", async () => {
  await DirectoryStore.open(directory.path);
  const [old, young] = ["old", "young"].map((name) => join(directory.path, ".incoming", name));
  writeFileSync(old ?? "", "");
  writeFileSync(young ?? "", "");
  const yesterday = Date.now() / 1000 - 24 * 60 * 60;
  utimesSync(old ?? "", yesterday, yesterday);
  await DirectoryStore.open(directory.path);
  expect(readdirSync(join(directory.path, ".incoming"))).toEqual(["young"]);
});

it.each(["../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "", "a\0b"])(
  "has no object %j",
  async (key) => {
    const store = await DirectoryStore.open(directory.path);
    await expect(store.stat(key)).rejects.toThrow("cannot be the key");
    await expect(writeObject(store, key, Buffer.alloc(1))).rejects.toThrow("cannot be the key");
  },
);
