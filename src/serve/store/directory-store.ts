import { randomBytes } from "node:crypto";
import { createReadStream, type Dirent } from "node:fs";
import { open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeDirectories } from "../../system/make-directories.ts";
import { removeAtExit } from "../../system/temporary.ts";
import {
  assertKey,
  type ByteRange,
  NoRoomError,
  type ObjectStore,
  type StoredObject,
} from "./object-store.ts";

/** Where files are until they are whole. No key starts with it, but names of tags may have it further back. */
const INCOMING = ".incoming";
/** What a killed process left there is removed when it is this old: a running one still writes it. */
const ABANDONED_MS = 60 * 60 * 1000;
const READ_BYTES = 1024 * 1024;

/** Objects as files of a directory, each written beside and then renamed. */
export class DirectoryStore implements ObjectStore {
  private constructor(private readonly directory: string) {}

  /** Makes the directory when it is missing. */
  static async open(directory: string): Promise<DirectoryStore> {
    const incoming = join(directory, INCOMING);
    await makeDirectories(incoming);
    for (const name of await readdir(incoming)) {
      const path = join(incoming, name);
      const found = await stat(path).catch(() => undefined);
      if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
    }
    return new DirectoryStore(directory);
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    try {
      const { size, mtime } = await stat(this.pathOf(key));
      return { key, size, modified: mtime };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *read(key: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    const options = { highWaterMark: READ_BYTES, ...range };
    const expected = range ? range.end - range.start + 1 : undefined;
    let size = 0;
    for await (const block of createReadStream(this.pathOf(key), options)) {
      size += block.length;
      yield block;
    }
    if (expected !== undefined && size < expected) throw new Error(`${key} ended early.`);
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    const path = this.pathOf(key);
    const partial = join(this.directory, INCOMING, randomBytes(12).toString("hex"));
    const handle = await open(partial, "wx");
    const forget = removeAtExit(partial);
    try {
      let written = 0;
      for await (const block of content) {
        await handle.writeFile(block);
        written += block.length;
      }
      if (written !== size) throw new Error(`${key} has ${written} bytes instead of ${size}.`);
      // What has its name must still be there when the machine lost its power.
      await handle.sync();
      await renameInto(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw isFull(error) ? new NoRoomError("The disk is full.", { cause: error }) : error;
    } finally {
      await handle.close();
      forget();
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    for await (const key of this.keysBelow(folder)) {
      if (!key.startsWith(prefix)) continue;
      const found = await this.stat(key);
      if (found) yield found;
    }
  }

  async remove(key: string): Promise<void> {
    const path = this.pathOf(key);
    await rm(path, { force: true });
    // Folders are no objects; the next write makes them again.
    await rmdir(dirname(path)).catch(() => {});
  }

  close(): void {}

  private async *keysBelow(folder: string): AsyncIterable<string> {
    let entries: Dirent[];
    try {
      entries = await readdir(join(this.directory, folder), { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    // A folder's keys have a slash behind its name, which is sorted with them.
    const names = entries
      .filter((entry) => folder + entry.name !== INCOMING)
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
    for (const name of names) {
      if (name.endsWith("/")) yield* this.keysBelow(folder + name);
      else yield folder + name;
    }
  }

  private pathOf(key: string): string {
    assertKey(key);
    return join(this.directory, key);
  }
}

async function renameInto(partial: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await makeDirectories(dirname(path));
    try {
      return await rename(partial, path);
    } catch (error) {
      // The folder's last object was removed just now, and the folder with it.
      if (!isMissing(error) || attempt === 3) throw error;
    }
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;
const isMissing = (error: unknown) => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
const isFull = (error: unknown) => codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
