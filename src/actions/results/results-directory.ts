import { randomBytes } from "node:crypto";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories } from "../../system/make-directories.ts";
import { ACTION_NAMES, type ActionName } from "../inputs/action-names.ts";
import { parseStageRecord, type StageRecord } from "./stage-record.ts";

/** A report with more than this has gone wrong. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Leaves a stage's record where `summary` looks for it; there is the whole of it, or none. */
export async function writeRecord(directory: string, record: StageRecord): Promise<void> {
  await makeDirectories(directory);
  const path = join(directory, `${record.stage}.json`);
  const partial = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(partial, JSON.stringify(record), { flag: "wx", mode: 0o600 });
  await rename(partial, path);
}

/** The record of a stage; undefined when it left none. */
export async function readRecord(
  directory: string,
  stage: ActionName,
): Promise<StageRecord | undefined> {
  const path = join(directory, `${stage}.json`);
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile() || status.size > MAX_RECORD_BYTES) return undefined;
  return parseStageRecord(await readFile(path, "utf8"));
}

/** What all stages left, in their order. */
export async function readRecords(directory: string): Promise<StageRecord[]> {
  const records = await Promise.all(ACTION_NAMES.map((stage) => readRecord(directory, stage)));
  return records.filter((record) => record !== undefined);
}
