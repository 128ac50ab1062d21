import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StreamReader } from "../../src/oci/byte-reader.ts";
import { readTar } from "../../src/oci/tar-reader.ts";
import { tarStream } from "../../src/squashfs/tar-stream.ts";
import type { Source } from "./read-back.ts";

const TAR_OPTIONS = ["--numeric-owner", "--xattrs", "--xattrs-include=*"];

/** Runs a program. @returns its standard output */
export function run(program: string, ...args: string[]): Buffer {
  return execFileSync(program, args, { maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "pipe"] });
}

/** Creates a directory with the entries, by GNU tar and as root. */
export async function unpackEntries(entries: Source, directory: string): Promise<void> {
  await mkdir(directory);
  const args = [
    "-xpP",
    "--same-owner",
    "--delay-directory-restore",
    "--warning=no-timestamp",
    ...TAR_OPTIONS,
    "-C",
    directory,
  ];
  const tar = spawn("tar", args, { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(tar, "close");
  await pipeline(Readable.from(tarStream(entries)), tar.stdin);
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with ${code}`);
}

/**
 * Everything in a directory, by path, as GNU tar sees it: types, modes, owners, times, link targets, which
 * names belong to one file, extended attributes, and contents by digest.
 */
export async function treeIn(directory: string): Promise<Map<string, object>> {
  const args = ["-c", "--format=posix", "--sort=name", ...TAR_OPTIONS, "-C", directory, "."];
  const bytes = run("tar", ...args);
  async function* once() {
    yield bytes;
  }
  const tree = new Map<string, object>();
  for await (const item of readTar(new StreamReader(once()))) {
    const { content, name, extendedAttributes, ...rest } = item;
    const { offset, size } = content ?? { offset: 0, size: 0 };
    tree.set(name, {
      ...rest,
      extendedAttributes: [...extendedAttributes]
        .map(([key, value]) => `${key}=${Buffer.from(value).toString("hex")}`)
        .sort(),
      sha256: createHash("sha256")
        .update(bytes.subarray(offset, offset + size))
        .digest("hex"),
    });
  }
  return tree;
}
