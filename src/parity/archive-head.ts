import { spawn } from "node:child_process";
import { once } from "node:events";
import { StreamReader } from "../oci/byte-reader.ts";
import type { TarEntry } from "../oci/tar-entry.ts";
import { readTar } from "../oci/tar-reader.ts";
import type { Command } from "../system/run-command.ts";
import type { GuestFile, LookRequest } from "../vm/agent/look.ts";

const TYPE_BITS: Readonly<Record<TarEntry["type"], number>> = {
  file: 0o100000,
  "hard-link": 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  "block-device": 0o060000,
  "character-device": 0o020000,
  fifo: 0o010000,
};

/** More of a directory is not looked through for its names. */
const MAX_ENTRIES = 10_000;

/** A command that says nothing for so long is ended. */
const TIMEOUT_MS = 60_000;

/**
 * Reads from a command that prints a tar what its first entry is, and as much of its content as is asked for. The
 * command is ended then, however much more it has to say.
 *
 * @returns undefined when it prints no entry
 */
export async function readArchiveHead(
  command: Command,
  { offset, length }: Pick<LookRequest, "offset" | "length">,
): Promise<GuestFile | undefined> {
  const child = spawn(command.program, command.args, {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  const ended = once(child, "exit").catch(() => {});
  const reader = new StreamReader(child.stdout);
  try {
    return await readHead(reader, offset, length);
  } catch {
    // What is cut off, or no tar, is nothing that could be looked at.
    return undefined;
  } finally {
    clearTimeout(timer);
    child.stdout.destroy();
    child.kill("SIGKILL");
    await ended;
  }
}

async function readHead(
  reader: StreamReader,
  offset: number,
  length: number,
): Promise<GuestFile | undefined> {
  let first: GuestFile | undefined;
  let top = "";
  const names: string[] = [];
  for await (const entry of readTar(reader)) {
    if (first === undefined) {
      first = describe(entry);
      top = entry.name.replace(/\/*$/, "/");
      if (length === 0) return first;
      if (entry.content) {
        await reader.skip(entry.content.offset - reader.position + Math.min(offset, entry.size));
        const wanted = Math.max(0, Math.min(length, entry.size - offset));
        return { ...first, content: await reader.read(wanted) };
      }
      if (entry.type !== "directory") return first;
      continue;
    }
    const name = entry.name.slice(top.length).replace(/\/$/, "");
    if (name !== "" && !name.includes("/")) names.push(name);
    if (names.length >= MAX_ENTRIES) break;
  }
  const content = Buffer.from(names.map((name) => `${name}\0`).join(""), "latin1");
  return first && { ...first, content };
}

function describe({ type, mode, uid, gid, size, linkName }: TarEntry): GuestFile {
  const content = Buffer.from(type === "symlink" ? linkName : "", "latin1");
  return { mode: TYPE_BITS[type] | (mode & 0o7777), uid, gid, size, content };
}
