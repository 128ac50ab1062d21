import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { PublishError } from "../errors.ts";
import { replaceFile } from "../system/replace-file.ts";
import { openIfRegular } from "./open-if-regular.ts";
import { latestOf } from "./prune-rule.ts";

export const INDEX_FILE_NAME = "index.json";
const INDEX_FORMAT = "golem-image-index";
const INDEX_VERSION = 1;

const RecordSchema = v.object({
  name: v.string(),
  /** SHA3-224, what identifies the image on the network. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{56}$/)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Bytes. */
  size: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Relative to the index. */
  file: v.string(),
  volumes: v.pipe(v.array(v.string()), v.readonly()),
  url: v.string(),
  /** When it was published first, in ISO 8601. */
  published: v.pipe(v.string(), v.isoTimestamp()),
  /** When it was published last, if that is another time. */
  lastPublished: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
  /** When its file was removed. */
  removed: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
});

const IndexSchema = v.object({ format: v.literal(INDEX_FORMAT), version: v.number() });

/** An image of a directory, as its record and the index have it. */
export type IndexRecord = v.InferOutput<typeof RecordSchema>;

type HistoryEntry = Pick<
  IndexRecord,
  "name" | "hash" | "size" | "published" | "lastPublished" | "removed"
>;

/** Much more than a record needs. */
const MAX_RECORD_BYTES = 64 * 1024;
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** How often the index is written again because other publishers added images meanwhile. */
const MAX_ROUNDS = 100;

/**
 * The list of a directory's images, `index.json`: `{format, version, images, history}`, the images in the order
 * of their publication, and in the history those as well whose files were removed since.
 *
 * Several publishers can add images at once without a lock: each writes a record of its own
 * (`<hash>.json`), then writes the index from all records until no new one has appeared. Whoever writes the
 * index last has seen every record that was there before.
 */
export class DirectoryIndex {
  constructor(private readonly directory: string) {}

  /**
   * Refuses a directory whose `index.json` was written by something else, before it would be overwritten.
   *
   * @throws {PublishError}
   */
  async assertOurs(): Promise<void> {
    const path = join(this.directory, INDEX_FILE_NAME);
    const text = await readSmallFile(path, MAX_INDEX_BYTES);
    if (text === undefined) return;
    const parsed = v.safeParse(IndexSchema, parseJson(text));
    if (parsed.success && parsed.output.version === INDEX_VERSION) return;
    const message = parsed.success
      ? `${path} has version ${parsed.output.version}, and this program writes ${INDEX_VERSION}.`
      : `${path} is not an index of Golem images, and would be overwritten.`;
    throw new PublishError(message, {
      hint: "Publish to another directory, or move that file away.",
    });
  }

  /** Adds an image, or renews what is said of it; its first time of publication stays. */
  async add(image: Omit<IndexRecord, "published" | "lastPublished" | "removed">): Promise<void> {
    const path = join(this.directory, recordName(image.hash));
    const earlier = await this.readRecord(recordName(image.hash));
    const now = new Date().toISOString();
    const times = earlier
      ? { published: earlier.published, lastPublished: now }
      : { published: now };
    await writeJson(path, { ...image, ...times });
    await this.write();
  }

  /** Every image whose file is there, in the order of publication. */
  async images(): Promise<readonly IndexRecord[]> {
    return (await this.readRecords()).images;
  }

  /**
   * Takes images out of the index, then removes their files. What is said of them stays in the history. One that
   * was published again meanwhile is left alone.
   *
   * @returns those that are gone
   */
  async remove(images: readonly IndexRecord[]): Promise<readonly IndexRecord[]> {
    const removed = new Date().toISOString();
    const gone: IndexRecord[] = [];
    for (const image of images) {
      const now = await this.readRecord(recordName(image.hash));
      if (!now || latestOf(now) !== latestOf(image)) continue;
      await writeJson(join(this.directory, recordName(image.hash)), { ...now, removed });
      gone.push(image);
    }
    if (gone.length > 0) await this.write();
    for (const { hash } of gone) {
      const now = await this.readRecord(recordName(hash));
      if (now?.removed === removed) await rm(join(this.directory, `${hash}.gvmi`), { force: true });
    }
    return gone;
  }

  private async write(): Promise<void> {
    let written: string | undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { images, history } = await this.readRecords();
      const index = { format: INDEX_FORMAT, version: INDEX_VERSION, images, history };
      const text = JSON.stringify(index);
      if (text === written) return;
      await writeJson(join(this.directory, INDEX_FILE_NAME), index);
      written = text;
    }
    throw new PublishError(`Others keep adding images to ${this.directory}.`, {
      hint: "The image is there. Publish it again later, so that it is in the index.",
    });
  }

  /** Every sound record; those whose image is there, and what remains of all. */
  private async readRecords(): Promise<{ images: IndexRecord[]; history: HistoryEntry[] }> {
    const names = new Set(await readdir(this.directory));
    const records: IndexRecord[] = [];
    for (const name of names) {
      if (!/^[0-9a-f]{56}\.json$/.test(name)) continue;
      const record = await this.readRecord(name);
      if (record && recordName(record.hash) === name) records.push(record);
    }
    const key = ({ published, hash }: IndexRecord) => `${published} ${hash}`;
    records.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    return {
      images: records.filter(({ file, removed }) => removed === undefined && names.has(file)),
      history: records.map(({ name, hash, size, published, lastPublished, removed }) => ({
        ...{ name, hash, size, published },
        ...(lastPublished !== undefined && { lastPublished }),
        ...(removed !== undefined && { removed }),
      })),
    };
  }

  private async readRecord(name: string): Promise<IndexRecord | undefined> {
    const text = await readSmallFile(join(this.directory, name), MAX_RECORD_BYTES);
    if (text === undefined) return undefined;
    const parsed = v.safeParse(RecordSchema, parseJson(text));
    return parsed.success ? parsed.output : undefined;
  }
}

function recordName(hash: string): string {
  return `${hash}.json`;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  await replaceFile(path, (partial) => writeFile(partial, text));
}

/** The text of a regular file; a larger one is as good as unreadable. */
async function readSmallFile(path: string, limit: number): Promise<string | undefined> {
  const handle = await openIfRegular(path);
  if (!handle) return undefined;
  try {
    return (await handle.stat()).size > limit ? "" : await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
