import { join } from "node:path";
import { keysBelow } from "../../../src/serve/page/key-list.ts";
import { DirectoryStore } from "../../../src/serve/store/directory-store.ts";
import { writeObject } from "../../../src/serve/store/object-store.ts";
import { useDirectory } from "../../publish/image-file.ts";

const directory = useDirectory();

it("lists a large store once for many who ask at the same time, and anew for later ones", async () => {
  const store = await DirectoryStore.open(join(directory.path, "store"));
  for (let number = 0; number < 30; number++) {
    await writeObject(store, `tags/alice/hello/${number + 10}`, Buffer.from("x"));
  }
  const list = store.list.bind(store);
  let lists = 0;
  store.list = (prefix) => {
    lists += 1;
    return list(prefix);
  };
  const asked = Array.from({ length: 50 }, () => keysBelow(store, "tags/"));
  for (const keys of await Promise.all(asked)) expect(keys).toHaveLength(30);
  expect(lists).toBe(1);
  await writeObject(store, "tags/alice/hello/new", Buffer.from("x"));
  while ((await keysBelow(store, "tags/")).length === 30) await new Promise(setImmediate);
  expect((await keysBelow(store, "tags/")).at(-1)).toBe("tags/alice/hello/new");
});

it("asks again when a list has failed", async () => {
  const store = await DirectoryStore.open(join(directory.path, "store"));
  const list = store.list.bind(store);
  store.list = () => {
    throw new Error("out of reach");
  };
  await expect(keysBelow(store, "tags/")).rejects.toThrow("out of reach");
  store.list = list;
  expect(await keysBelow(store, "tags/")).toEqual([]);
});
