// Needs xz and zstd, the tools that distributions compress their kernel modules with.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readModule } from "../../../src/vm/kernel/module-file.ts";

const run = promisify(execFile);

test.each([
  ["xz", ["xz", "--check=crc32", "--lzma2=dict=1MiB"], ".xz"],
  ["zstd", ["zstd", "-q", "-19"], ".zst"],
  ["gzip", ["gzip"], ".gz"],
])("a module compressed with %s is read as it was", async (_, [tool = "", ...args], suffix) => {
  const directory = await mkdtemp(join(tmpdir(), "module-"));
  try {
    const path = join(directory, "x.ko");
    const content = Buffer.alloc(300_000, "kernel module ");
    await writeFile(path, content);
    await run(tool, [...args, path]);
    expect((await readModule(`${path}${suffix}`)).equals(content)).toBe(true);
  } finally {
    await rm(directory, { recursive: true });
  }
});
