import type { ExpectedFileSettings } from "../settings/settings.ts";
import { LimitedBuffer } from "../system/limited-buffer.ts";
import { openVolumeFile, type Volume } from "../vm/volume-files.ts";
import { judgeText } from "./judge.ts";

/** As much of a file as is searched for a pattern. */
const MAX_SEARCHED_BYTES = 16 * 1024 * 1024;

const SEARCH_LIMIT = "only its first 16 MiB are searched";

/**
 * Looks for the files that a test expects in the VM's volumes.
 *
 * @returns one sentence for each difference
 */
export async function judgeFiles(
  expected: readonly ExpectedFileSettings[],
  volumes: readonly Volume[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const file of expected) problems.push(...(await judgeFile(file, volumes)));
  return problems;
}

async function judgeFile(
  expected: ExpectedFileSettings,
  volumes: readonly Volume[],
): Promise<string[]> {
  const opened = await openVolumeFile(volumes, expected.path);
  if ("problem" in opened) {
    if (expected.exists) return [opened.problem];
    return opened.isMissing ? [] : [`${opened.problem}; nothing should be there`];
  }
  try {
    if (!expected.exists) return [`${expected.path} exists, and should not`];
    if (expected.contents.length === 0) return [];
    const content = new LimitedBuffer(MAX_SEARCHED_BYTES);
    // A guest's file may claim any size: no more is read than is searched.
    const start = opened.createReadStream({ autoClose: false, end: MAX_SEARCHED_BYTES - 1 });
    for await (const chunk of start) content.append(chunk);
    const { size } = await opened.stat();
    const cut = size > MAX_SEARCHED_BYTES ? SEARCH_LIMIT : undefined;
    return await judgeText(expected.path, expected.contents, content.toString(), cut);
  } finally {
    await opened.close();
  }
}
