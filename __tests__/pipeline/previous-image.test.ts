import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previousImage } from "../../src/pipeline/previous-image.ts";
import { DirectoryIndex } from "../../src/publish/directory-index.ts";

const publish = { tags: [], onConflict: "fail", stallTimeout: 1000 } as const;
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-previous-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function add(name: string, digit: string, size: number) {
  const hash = digit.repeat(56);
  await writeFile(join(directory, `${hash}.gvmi`), "x");
  await new DirectoryIndex(directory).add({
    ...{ name, hash, sha256: digit.repeat(64), size, file: `${hash}.gvmi`, volumes: [], url: "" },
  });
}

test("the latest image of the same name in a directory", async () => {
  const to = { kind: "directory", directory } as const;
  const settings = { name: "hello", publish: { ...publish, to } };
  expect(await previousImage(settings)).toBeUndefined();
  await add("hello", "a", 10);
  await add("other", "b", 20);
  expect(await previousImage(settings)).toEqual({ hash: "a".repeat(56), size: 10 });
});

test("nobody can tell where there is no target, or a registry does not answer", async () => {
  expect(await previousImage({ name: "hello", publish })).toBeUndefined();
  const settings = {
    name: "hello",
    publish: { ...publish, to: { kind: "registry" }, tags: ["a/b:1"] },
  } as const;
  const environment = { REGISTRY_URL: "ftp://nowhere" };
  expect(await previousImage(settings, environment)).toBeUndefined();
});
