import { createTarget, type TargetSettings } from "./create-target.ts";
import { assertUnchanged, stampOf } from "./file-stamp.ts";
import { packageString } from "./package-string.ts";
import type { TargetDescription } from "./parse-target.ts";
import type { PublishedName, PublishFile, PublishOptions, TargetCheck } from "./publish-target.ts";
import { type UsageSnippet, usageSnippets } from "./snippets/usage-snippets.ts";

export interface PublishResult {
  /** SHA3-224 of the file. */
  readonly hash: string;
  readonly url: string;
  /** What a demand names: `hash:sha3:<hash>:<url>`. */
  readonly package: string;
  /** Bytes. */
  readonly size: number;
  /** False when the very same bytes were there already, so that nothing was copied. */
  readonly isNew: boolean;
  /** The names that lead to the image, or that another one kept; none where there are no names. */
  readonly names: readonly PublishedName[];
  /** The hashes of earlier images that were removed by a rule. */
  readonly pruned: readonly string[];
  /** How a provider's download was checked. */
  readonly check: TargetCheck;
  /** Code that uses the image. */
  readonly snippets: readonly UsageSnippet[];
}

/**
 * Publishes a `.gvmi`: stores it, downloads it as a provider would, and only then gives it its names.
 *
 * @throws {PublishError} when it cannot be published, or not be downloaded as the very same bytes
 * @throws the abort reason
 */
export async function publish(
  file: PublishFile,
  to: TargetDescription,
  options: PublishOptions & TargetSettings = {},
): Promise<PublishResult> {
  const target = await createTarget(to, options);
  const stamp = file.stamp ?? (await stampOf(file.path));
  try {
    const stored = await target.store(file, options);
    const check = await target.check(file, stored, options);
    if (target.announce) await assertUnchanged(file, stamp, options.signal);
    const names = (await target.announce?.(file, stored, options)) ?? [];
    const pruned = (await target.prune?.(file, options)) ?? [];
    const tag = names.find(({ outcome }) => outcome !== "kept")?.name;
    return {
      hash: file.hash,
      url: stored.url,
      package: packageString(file.hash, stored.url),
      size: file.size,
      isNew: stored.isNew,
      names,
      pruned,
      check,
      snippets: usageSnippets({
        hash: file.hash,
        url: stored.url,
        ...(tag !== undefined && { tag }),
      }),
    };
  } finally {
    target.close?.();
  }
}
