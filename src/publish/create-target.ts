import { PublishError } from "../errors.ts";
import { DirectoryTarget } from "./directory-target.ts";
import type { TargetDescription } from "./parse-target.ts";
import type { KeepRule } from "./prune-rule.ts";
import type { ConflictRule, PublishTarget } from "./publish-target.ts";

/** What targets are told beside where they are; each takes what it has a use for. */
export interface TargetSettings {
  /** What the URLs of published files start with; the target's own when absent. */
  readonly baseUrl?: string;
  /** Names for the image, in the form that the target has for them. */
  readonly tags?: readonly string[];
  /** `fail` when absent. */
  readonly onConflict?: ConflictRule;
  /** Which earlier images of a directory stay; all when absent. */
  readonly keep?: KeepRule;
  /** Milliseconds in which a transfer may stand still; 30 s when absent. */
  readonly stallMs?: number;
  /** Where credentials are taken from: never from a file of the checkout. */
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Makes a target of its description. What only one target needs is loaded with it.
 *
 * @throws {PublishError} when the settings do not fit the target, or credentials are missing
 */
export async function createTarget(
  to: TargetDescription,
  settings: TargetSettings,
): Promise<PublishTarget> {
  refusePruning(to.kind, settings);
  switch (to.kind) {
    case "directory":
      refuseTags(to.kind, settings);
      return new DirectoryTarget(to.directory, settings.baseUrl, settings.keep);
    case "registry": {
      const { RegistryTarget } = await import("./registry/registry-target.ts");
      return new RegistryTarget(settings);
    }
    case "s3": {
      refuseTags("bucket", settings);
      const { S3Target } = await import("./s3/s3-target.ts");
      return new S3Target({ ...settings, bucket: to.bucket, prefix: to.prefix });
    }
    case "github-release": {
      refuseTags("release", settings);
      const { GithubReleaseTarget } = await import("./github-release/github-release-target.ts");
      return new GithubReleaseTarget(settings, to);
    }
    case "http": {
      refuseTags("server that files are put on", settings);
      const { HttpTarget } = await import("./http/http-target.ts");
      return new HttpTarget({ ...settings, url: to.url });
    }
  }
}

/** @throws {PublishError} for a target that removes nothing, so that nobody waits for it in vain */
function refusePruning(kind: TargetDescription["kind"], { keep }: TargetSettings): void {
  if (kind === "directory" || (keep?.last === undefined && keep?.days === undefined)) return;
  throw new PublishError(`Earlier images are removed from directories only, not from ${kind}.`, {
    hint: "Leave out --keep-last and --keep-days (publish.keepLast, publish.keepDays), and let the repository's own rules remove old images.",
  });
}

/** @throws {PublishError} for a target whose files have no names but their hashes */
function refuseTags(kind: string, { tags = [] }: TargetSettings): void {
  if (tags.length === 0) return;
  throw new PublishError(
    `A ${kind} has no tags, so the image cannot be named ${tags.join(", ")} there.`,
    {
      hint: "Leave out --tag (publish.tags), or publish to a registry.",
    },
  );
}
