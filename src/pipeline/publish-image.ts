import { PublishError } from "../errors.ts";
import { inspectGvmi } from "../gvmi/read.ts";
import type { TargetDescription } from "../publish/parse-target.ts";
import { type PublishResult, publish } from "../publish/publish.ts";
import type { Progress } from "./progress.ts";

export interface PublishImageInput {
  /** The .gvmi. */
  readonly path: string;
  /** What people call the image. */
  readonly name: string;
  readonly to: TargetDescription;
  /** What an earlier stage said that the file's hash is; any file is published without it. */
  readonly expectedHash?: string;
  /** What the URL of the published file starts with. */
  readonly url?: string;
  readonly signal?: AbortSignal;
  readonly progress: Progress;
}

/**
 * Publishes a .gvmi and checks that a provider could download it.
 *
 * @throws {GvmiFormatError} when the file is not a sound .gvmi
 * @throws {PublishError} when it cannot be published, or not be downloaded as the very same bytes
 */
export async function publishImage(input: PublishImageInput): Promise<PublishResult> {
  const { path, name, to, url, expectedHash, signal, progress } = input;
  const { hash, sha256, size, descriptor, volumes } = await inspectGvmi(path, signal);
  if (expectedHash !== undefined && hash !== expectedHash) {
    throw new PublishError(
      `${path} is not the image that was converted and tested: expected hash ${expectedHash}, found ${hash}.`,
      {
        hint: "Another run may have written it. Give each run an output of its own with --output.",
      },
    );
  }
  const result = await publish({ path, name, hash, sha256, size, descriptor, volumes }, to, {
    ...(signal && { signal }),
    ...(url !== undefined && { baseUrl: url }),
    onProgress: ({ step, done, total }) =>
      progress.detail(`${step} ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`),
  });
  if (!result.isNew) progress.note("the same bytes were there already; nothing was copied");
  if (result.check.limitation) progress.note(result.check.limitation);
  return result;
}
