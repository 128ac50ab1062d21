import { PublishError } from "../errors.ts";
import type { GvmiHashes } from "../gvmi/hash.ts";
import { inspectGvmi, readGvmi } from "../gvmi/read.ts";
import { type FileStamp, isSameStamp, stampOf } from "../publish/file-stamp.ts";
import type { TargetDescription } from "../publish/parse-target.ts";
import { type PublishResult, publish } from "../publish/publish.ts";
import type { PublishFile } from "../publish/publish-target.ts";
import { describeTransfer, TransferMeter } from "../publish/transfer/transfer-meter.ts";
import type { PublishSettings } from "../settings/settings.ts";
import type { ConvertResult } from "./convert.ts";
import type { Progress } from "./progress.ts";

export interface PublishImageInput extends Partial<Omit<PublishSettings, "to">> {
  /** The .gvmi. */
  readonly path: string;
  /** What people call the image. */
  readonly name: string;
  readonly to: TargetDescription;
  /** What the conversion said of the file, which is then not read again; any file is published without. */
  readonly converted?: ConvertedFile;
  readonly signal?: AbortSignal;
  readonly progress: Progress;
}

/** A file as its conversion left it. */
export interface ConvertedFile extends Pick<ConvertResult, keyof GvmiHashes | "descriptor"> {
  /** What the file was right after the conversion. */
  readonly stamp: FileStamp | undefined;
}

/**
 * Publishes a .gvmi and checks that a provider could download it.
 *
 * @throws {GvmiFormatError} when the file is not a sound .gvmi
 * @throws {PublishError} when it cannot be published, or not be downloaded as the very same bytes
 */
export async function publishImage(input: PublishImageInput): Promise<PublishResult> {
  const { path, name, to, url, tags, onConflict, stallTimeout, keepLast, keepDays } = input;
  const { signal, progress } = input;
  const meter = new TransferMeter();
  const file = { name, ...(await describeFile(path, input.converted, signal)) };
  const result = await publish(file, to, {
    ...(signal && { signal }),
    ...(url !== undefined && { baseUrl: url }),
    ...(tags && { tags }),
    ...(onConflict && { onConflict }),
    ...(stallTimeout !== undefined && { stallMs: stallTimeout }),
    keep: {
      ...(keepLast !== undefined && { last: keepLast }),
      ...(keepDays !== undefined && { days: keepDays }),
    },
    onProgress: (done) => progress.detail(describeTransfer(meter.add(done))),
    onNote: (text) => progress.note(text),
  });
  if (!result.isNew) progress.note("the same bytes were there already; nothing was sent");
  for (const { name: taken, outcome, otherHash } of result.names) {
    if (outcome === "moved") progress.note(`${taken} led to another image before: ${otherHash}`);
    if (outcome === "kept") progress.note(`${taken} still leads to another image: ${otherHash}`);
  }
  for (const hash of result.pruned) progress.note(`removed the earlier image ${hash}`);
  for (const warning of result.check.warnings) progress.note(warning);
  if (result.check.limitation) progress.note(result.check.limitation);
  return result;
}

/** What the conversion said of the file if it is still the same, else what reading it says. */
async function describeFile(
  path: string,
  converted: ConvertedFile | undefined,
  signal: AbortSignal | undefined,
): Promise<Omit<PublishFile, "name">> {
  const stamp = await stampOf(path);
  if (converted?.stamp && stamp && isSameStamp(converted.stamp, stamp)) {
    const { volumes } = await readGvmi(path);
    const { hash, sha256, size } = converted;
    const descriptor = Buffer.from(converted.descriptor, "base64");
    return { path, hash, sha256, size, descriptor, volumes, stamp };
  }
  const { hash, sha256, size, descriptor, volumes } = await inspectGvmi(path, signal);
  if (converted && hash !== converted.hash) {
    throw new PublishError(
      `${path} is not the image that was converted and tested: expected hash ${converted.hash}, found ${hash}.`,
      {
        hint: "Another run may have written it. Give each run an output of its own with --output.",
      },
    );
  }
  return { path, hash, sha256, size, descriptor, volumes, ...(stamp && { stamp }) };
}
