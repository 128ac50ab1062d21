import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readArchiveHead } from "../../src/parity/archive-head.ts";
import type { Command } from "../../src/system/run-command.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

/** Prints what `docker cp` does. */
const archive = (directory: string, name: string): Command => ({
  program: "tar",
  args: ["--create", "--directory", directory, "--owner=app:1000", "--group=app:100", name],
});

const WHOLE = { offset: 0, length: 1024 };

test("a file is described, and read from where and as far as is asked for", async () => {
  await withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, "file"), "0123456789");
    chmodSync(join(directory, "file"), 0o4750);
    const look = (offset: number, length: number) =>
      readArchiveHead(archive(directory, "file"), { offset, length });
    expect(await look(0, 0)).toMatchObject({ mode: 0o104750, uid: 1000, gid: 100, size: 10 });
    expect((await look(0, 1024))?.content.toString()).toBe("0123456789");
    expect((await look(4, 3))?.content.toString()).toBe("456");
    expect((await look(10, 1024))?.content.length).toBe(0);
    expect((await look(99, 1024))?.content.length).toBe(0);
  });
});

test("links have their target, directories the names in them", async () => {
  await withTemporaryDirectory(async (directory) => {
    mkdirSync(join(directory, "etc/below"), { recursive: true });
    writeFileSync(join(directory, "etc/passwd"), "x".repeat(5000));
    writeFileSync(join(directory, "etc/below/deep"), "");
    symlinkSync("etc/passwd", join(directory, "link"));
    const link = await readArchiveHead(archive(directory, "link"), WHOLE);
    expect(link).toMatchObject({ content: Buffer.from("etc/passwd") });
    const etc = await readArchiveHead(archive(directory, "etc"), WHOLE);
    const names = etc?.content.toString().split("\0").filter(Boolean).sort();
    expect(names).toEqual(["below", "passwd"]);
  });
});

test("a command that has more to say than is asked for is ended", async () => {
  await withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, "large"), Buffer.alloc(20 * 1024 * 1024, "x"));
    const head = await readArchiveHead(archive(directory, "large"), { offset: 0, length: 3 });
    expect(head).toMatchObject({ size: 20 * 1024 * 1024, content: Buffer.from("xxx") });
  });
});

test("what is not there, and what is no archive, is nothing", async () => {
  await withTemporaryDirectory(async (directory) => {
    expect(await readArchiveHead(archive(directory, "absent"), WHOLE)).toBeUndefined();
    const words = { program: "echo", args: ["no archive"] };
    expect(await readArchiveHead(words, WHOLE)).toBeUndefined();
    const missing = { program: join(directory, "no-program"), args: [] };
    expect(await readArchiveHead(missing, WHOLE)).toBeUndefined();
  });
});
