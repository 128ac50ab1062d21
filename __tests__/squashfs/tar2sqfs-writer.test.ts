import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError, MissingToolError } from "../../src/errors.ts";
import { Tar2sqfsWriter, tar2sqfsCommand } from "../../src/squashfs/tar2sqfs-writer.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { entry, fileEntry } from "../support/entries.ts";

test("the command names every option that decides the bytes", () => {
  const options = { compression: "gzip", level: 6, blockSize: 131_072 } as const;
  expect(tar2sqfsCommand("/out/-file", options)).toEqual({
    program: "tar2sqfs",
    args: [
      "--quiet",
      "--force",
      "--no-skip",
      "--compressor",
      "gzip",
      "--comp-extra",
      "level=6",
      "--block-size",
      "131072",
      "/out/-file",
    ],
    environment: { SOURCE_DATE_EPOCH: "0", LC_ALL: "C" },
  });
  const lz4 = tar2sqfsCommand("/out", { ...options, compression: "lz4", level: undefined });
  expect(lz4.args).not.toContain("--comp-extra");
});

/** Runs with a `tar2sqfs` that is a shell script. */
async function withTool<T>(script: string | undefined, body: (directory: string) => Promise<T>) {
  return await withTemporaryDirectory(async (directory) => {
    const bin = join(directory, "bin");
    await mkdir(bin);
    if (script !== undefined) {
      await writeFile(join(bin, "tar2sqfs"), `#!/bin/sh\n${script}\n`);
      await chmod(join(bin, "tar2sqfs"), 0o755);
    }
    const before = process.env.PATH;
    process.env.PATH = bin;
    try {
      return await body(directory);
    } finally {
      process.env.PATH = before;
    }
  });
}

const write = (
  directory: string,
  entries: Parameters<Tar2sqfsWriter["write"]>[0],
  signal?: AbortSignal,
) =>
  new Tar2sqfsWriter().write(entries, join(directory, "out"), {
    compression: "gzip",
    ...(signal && { signal }),
  });
const LARGE = () => [entry(""), fileEntry("f", Buffer.alloc(4 * 1024 * 1024))];

test("a tool that is not installed is named, with what to install", async () => {
  const error = await withTool(undefined, (directory) => write(directory, LARGE())).catch((e) => e);
  expect(error).toBeInstanceOf(MissingToolError);
  expect(error.hint).toContain("squashfs-tools-ng");
});

test("a tool that fails without reading its input shows its last lines", async () => {
  const script = "echo first >&2; echo 'no space left' >&2; exit 3";
  const error = await withTool(script, (directory) => write(directory, LARGE())).catch((e) => e);
  expect(error).toBeInstanceOf(ConversionError);
  expect(error.message).toContain("ended with code 3");
  expect(error.details).toBe("first\nno space left");
});

test("a tool that is killed is a failure", async () => {
  await expect(withTool("kill -9 $$", (directory) => write(directory, LARGE()))).rejects.toThrow(
    "was ended by SIGKILL",
  );
});

test("what goes wrong with the entries is what is thrown", async () => {
  async function* broken() {
    yield entry("");
    yield* LARGE();
    throw new Error("the archive is gone");
  }
  const script = "read line; exec /bin/cat > /dev/null";
  await expect(withTool(script, (directory) => write(directory, broken()))).rejects.toThrow(
    "the archive is gone",
  );
});

test("an abort ends the tool", async () => {
  await withTool('echo $$ > "$0.pid"; exec /bin/cat > /dev/null', async (directory) => {
    const controller = new AbortController();
    const pid = () => {
      const path = join(directory, "bin", "tar2sqfs.pid");
      return existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
    };
    async function* endless() {
      yield entry("");
      for (let index = 0; ; index++) {
        if (pid() > 0) controller.abort(new Error("enough"));
        yield fileEntry(`f${index}`, Buffer.alloc(1024 * 1024));
      }
    }
    await expect(write(directory, endless(), controller.signal)).rejects.toThrow("enough");
    expect(() => process.kill(pid(), 0)).toThrow("ESRCH");
  });
});
