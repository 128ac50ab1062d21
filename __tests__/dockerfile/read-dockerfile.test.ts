import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDockerfile } from "../../src/dockerfile/read-dockerfile.ts";
import { BuildError } from "../../src/errors.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lint-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("reads a Dockerfile, also one that is not UTF-8", async () => {
  const path = join(directory, "Dockerfile");
  await writeFile(path, Buffer.from("FROM x\n# \xe9\n", "latin1"));
  expect(await readDockerfile(path)).toBe("FROM x\n# \uFFFD\n");
});

test("says where it looked when there is none", async () => {
  const path = join(directory, "Dockerfile");
  await expect(readDockerfile(path)).rejects.toThrow(`There is no Dockerfile at ${path}.`);
});

test("refuses what is no Dockerfile", async () => {
  await mkdir(join(directory, "sub"));
  await expect(readDockerfile(join(directory, "sub"))).rejects.toThrow(/not a regular file/);
  const large = join(directory, "large");
  await writeFile(large, Buffer.alloc(2 * 1024 * 1024));
  await expect(readDockerfile(large)).rejects.toThrow(BuildError);
});
