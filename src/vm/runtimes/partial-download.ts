import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

/** What the server said of a file, by which a later answer is known to be of the same one. */
const Origin = v.object({
  /** For `If-Range`: an entity tag or a date. */
  validator: v.optional(v.string()),
  /** Bytes of the whole file. */
  total: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});
export type Origin = v.InferOutput<typeof Origin>;

/** A download that nobody has written to for this long belongs to a process that was killed. */
const ABANDONED_MS = 2 * 60_000;

/**
 * A download under way, in a directory of its own that no other process uses. One that was cut off is taken
 * over, by rename, by whoever comes next.
 */
export class PartialDownload {
  private constructor(
    private readonly parent: string,
    private readonly name: string,
    private readonly directory: string,
    /** What is known of the part that is there; undefined when nothing is. */
    public origin: Origin | undefined,
  ) {}

  /**
   * @param parent directory of all downloads, which exists
   * @param name the same for each download of the same thing
   */
  static async claim(parent: string, name: string): Promise<PartialDownload> {
    const directory = join(parent, `${activePrefix(name)}${randomBytes(6).toString("hex")}`);
    for (const candidate of await abandoned(parent, name)) {
      const isOurs = await rename(join(parent, candidate), directory).then(
        () => true,
        () => false,
      );
      if (!isOurs) continue;
      const partial = new PartialDownload(parent, name, directory, await readOrigin(directory));
      if (partial.origin === undefined) await partial.startAgain({});
      return partial;
    }
    await mkdir(directory);
    const partial = new PartialDownload(parent, name, directory, undefined);
    await writeFile(partial.path, "");
    return partial;
  }

  /** The file with what has arrived so far. */
  get path(): string {
    return join(this.directory, BODY);
  }

  async size(): Promise<number> {
    return (await stat(this.path)).size;
  }

  /** Empties the file, and notes what it is going to be. */
  async startAgain(origin: Origin): Promise<void> {
    await writeFile(this.path, "");
    await writeFile(join(this.directory, ORIGIN), JSON.stringify(origin));
    this.origin = origin;
  }

  /** Leaves what has arrived for the next one who wants it. */
  async release(): Promise<void> {
    if ((await this.size().catch(() => 0)) === 0) return this.remove();
    await rename(this.directory, join(this.parent, releasedName(this.name))).catch(() =>
      // Another one has left its part, which serves as well.
      this.remove(),
    );
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

const BODY = "body";
const ORIGIN = "origin.json";

const activePrefix = (name: string) => `download-${name}-`;
const releasedName = (name: string) => `resumable-${name}`;

async function abandoned(parent: string, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(parent)) {
    if (entry === releasedName(name)) found.unshift(entry);
    if (!entry.startsWith(activePrefix(name))) continue;
    const body = await stat(join(parent, entry, BODY)).catch(() => undefined);
    if (body && Date.now() - body.mtimeMs > ABANDONED_MS) found.push(entry);
  }
  return found;
}

async function readOrigin(directory: string): Promise<Origin | undefined> {
  try {
    return v.parse(Origin, JSON.parse(await readFile(join(directory, ORIGIN), "utf8")));
  } catch {
    // Unknown, so the part that is there cannot be gone on with.
    return undefined;
  }
}
