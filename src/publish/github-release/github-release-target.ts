import { PublishError } from "../../errors.ts";
import { checkDownload } from "../check-download.ts";
import type { TargetSettings } from "../create-target.ts";
import type {
  PublishedName,
  PublishFile,
  PublishOptions,
  PublishTarget,
  StoredFile,
  TargetCheck,
} from "../publish-target.ts";
import type { RetryPolicy } from "../transfer/retry.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { AssetStore } from "./asset-store.ts";
import { GithubAccess } from "./github-access.ts";
import { GithubClient } from "./github-client.ts";
import type { ReleaseName } from "./release-name.ts";

/** @see https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases */
const LARGEST_ASSET = 2 * 1024 ** 3 - 1;

export interface GithubReleaseSettings extends TargetSettings {
  readonly retryPolicy?: RetryPolicy;
}

/**
 * The assets of a GitHub release, which is made when there is none. An asset is named by the image's hash, or
 * has a name that is the same for every image; then the rule for conflicts decides.
 */
export class GithubReleaseTarget implements PublishTarget {
  private readonly access: GithubAccess;
  private readonly environment: NodeJS.ProcessEnv;
  private client: GithubClient | undefined;
  private names: readonly PublishedName[] = [];

  /** @throws {PublishError} for settings that cannot be used, before anything is sent */
  constructor(
    private readonly settings: GithubReleaseSettings,
    private readonly to: ReleaseName,
  ) {
    const { environment = process.env, baseUrl } = settings;
    if (baseUrl !== undefined) {
      throw new PublishError(`GitHub decides itself what the URLs of assets are, not ${baseUrl}.`, {
        hint: "Leave out --url (publish.url).",
      });
    }
    this.environment = environment;
    this.access = new GithubAccess(environment);
  }

  close(): void {
    this.client?.close();
  }

  async store(file: PublishFile, options: PublishOptions): Promise<StoredFile> {
    if (file.size > LARGEST_ASSET) {
      throw new TransferError(
        "too-large",
        `The image has ${file.size} bytes, and an asset at most ${LARGEST_ASSET}.`,
        {
          hint: "Make the image smaller, or publish it elsewhere.",
        },
      );
    }
    const { stallMs, retryPolicy } = this.settings;
    this.client = new GithubClient(this.access, this.to, {
      ...options,
      ...(stallMs !== undefined && { stallMs }),
      ...(retryPolicy && { policy: retryPolicy }),
    });
    const release =
      (await this.client.findRelease()) ?? (await this.client.createRelease(this.commit()));
    const stored = await new AssetStore(this.client, release, file, {
      ...options,
      onConflict: this.settings.onConflict ?? "fail",
    }).store(this.to.asset);
    if (this.to.asset !== undefined) {
      this.names = [{ name: this.to.asset, outcome: stored.outcome }];
    }
    return { url: stored.asset.browser_download_url, isNew: stored.isNew };
  }

  async check(
    { hash, size }: PublishFile,
    { url }: StoredFile,
    options: PublishOptions,
  ): Promise<TargetCheck> {
    const { stallMs } = this.settings;
    const checkOptions = { ...options, ...(stallMs !== undefined && { stallMs }) };
    return await checkDownload({ url, hash, size }, checkOptions);
  }

  /** An asset has its name from the beginning; this tells what became of it. */
  async announce(): Promise<readonly PublishedName[]> {
    return this.names;
  }

  /** The commit that a workflow runs for, if it runs in the repository of the release. */
  private commit(): string | undefined {
    const { GITHUB_REPOSITORY, GITHUB_SHA } = this.environment;
    const name = `${this.to.owner}/${this.to.repository}`;
    return GITHUB_REPOSITORY?.toLowerCase() === name.toLowerCase() && GITHUB_SHA
      ? GITHUB_SHA
      : undefined;
  }
}
