import { DirectoryTarget } from "./directory-target.ts";
import type { TargetDescription } from "./parse-target.ts";
import type { PublishFile, PublishOptions, PublishTarget, TargetCheck } from "./publish-target.ts";

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
  /** How a provider's download was checked. */
  readonly check: TargetCheck;
}

/**
 * Publishes a `.gvmi`, then downloads it as a provider would.
 *
 * @param baseUrl what the URL of the file starts with; the target's own when absent
 * @throws {PublishError} when it cannot be published, or not be downloaded as the very same bytes
 * @throws the abort reason
 */
export async function publish(
  file: PublishFile,
  to: TargetDescription,
  options: PublishOptions & { readonly baseUrl?: string } = {},
): Promise<PublishResult> {
  const target = createTarget(to, options.baseUrl);
  const stored = await target.store(file, options);
  const check = await target.check(file, stored, options);
  return {
    hash: file.hash,
    url: stored.url,
    package: packageString(file.hash, stored.url),
    size: file.size,
    isNew: stored.isNew,
    check,
  };
}

/** How demands name an image, so that providers can download and verify it. */
export function packageString(hash: string, url: string): string {
  return `hash:sha3:${hash}:${url}`;
}

function createTarget(to: TargetDescription, baseUrl: string | undefined): PublishTarget {
  switch (to.kind) {
    case "directory":
      return new DirectoryTarget(to.directory, baseUrl);
  }
}
