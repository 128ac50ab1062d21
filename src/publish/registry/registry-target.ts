import { PublishError } from "../../errors.ts";
import { descriptorDigest } from "../../gvmi/descriptor.ts";
import { checkDownload } from "../check-download.ts";
import type { TargetSettings } from "../create-target.ts";
import { openImage } from "../open-image.ts";
import type {
  PublishedName,
  PublishFile,
  PublishOptions,
  PublishTarget,
  StoredFile,
  TargetCheck,
} from "../publish-target.ts";
import { type RetryPolicy, waitFor } from "../transfer/retry.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { Credentials } from "./credentials.ts";
import { type ImageTag, parseImageTag } from "./image-tag.ts";
import type { ImageInfo } from "./registry-answers.ts";
import { RegistryClient } from "./registry-client.ts";
import { DEFAULT_REGISTRY_URL, parseRegistryUrl } from "./registry-url.ts";
import { DEFAULT_UPLOAD_POLICY, type UploadPolicy, uploadImage } from "./upload-image.ts";

export interface RegistryTargetSettings extends TargetSettings {
  readonly retryPolicy?: RetryPolicy;
  readonly uploadPolicy?: UploadPolicy;
}

/**
 * A Golem registry, at `REGISTRY_URL` or the public one: anonymous, or with tags and the user and token of
 * `REGISTRY_USER` and `REGISTRY_TOKEN`. An image is uploaded once for all its tags.
 */
export class RegistryTarget implements PublishTarget {
  private readonly client: RegistryClient;
  private readonly tags: readonly ImageTag[];
  /** What each tag led to before anything was sent; undefined for a new one. */
  private readonly earlierHashes = new Map<string, string | undefined>();

  /** @throws {PublishError} for settings that cannot be used, before anything is sent */
  constructor(private readonly settings: RegistryTargetSettings = {}) {
    const { environment = process.env, baseUrl, stallMs, retryPolicy } = settings;
    if (baseUrl !== undefined) {
      throw new PublishError(`A registry decides itself what its URLs are, not ${baseUrl}.`, {
        hint: "Leave out --url (publish.url). REGISTRY_URL says which registry is meant.",
      });
    }
    const unique = new Map((settings.tags ?? []).map(parseImageTag).map((tag) => [tag.text, tag]));
    this.tags = [...unique.values()];
    // An anonymous upload has no use for a token, so none is read.
    const { REGISTRY_USER = "", REGISTRY_TOKEN = "" } = environment;
    const credentials =
      this.tags.length > 0 ? new Credentials(REGISTRY_USER, REGISTRY_TOKEN) : undefined;
    this.client = new RegistryClient(
      parseRegistryUrl(environment.REGISTRY_URL || DEFAULT_REGISTRY_URL),
      {
        ...(credentials && { credentials }),
        ...(stallMs !== undefined && { stallMs }),
        ...(retryPolicy && { policy: retryPolicy }),
      },
    );
  }

  close(): void {
    this.client.close();
  }

  async store(file: PublishFile, options: PublishOptions): Promise<StoredFile> {
    await this.client.login(options);
    for (const tag of this.tags) await this.lookUp(tag, file, options);
    const handle = await openImage(file.path);
    try {
      const digest = descriptorDigest(file.descriptor);
      const isNew = await uploadImage(this.client, file, handle, {
        ...options,
        ...(this.settings.uploadPolicy && { policy: this.settings.uploadPolicy }),
        beforeChunks: async () => {
          for (const tag of this.tagsToAttach(file)) {
            await this.client.attach(digest, tag, true, options);
          }
        },
      });
      const { url } = await this.resolve({ hash: file.hash }, file, options);
      return { url, isNew };
    } finally {
      await handle.close();
    }
  }

  async check(
    file: PublishFile,
    { url }: StoredFile,
    options: PublishOptions,
  ): Promise<TargetCheck> {
    const { stallMs } = this.settings;
    const { hash, size } = file;
    return await checkDownload(
      { url, hash, size },
      { ...options, ...(stallMs !== undefined && { stallMs }) },
    );
  }

  async announce(
    file: PublishFile,
    _stored: StoredFile,
    options: PublishOptions,
  ): Promise<readonly PublishedName[]> {
    const names: PublishedName[] = [];
    for (const tag of this.tags) {
      // Another publisher may have taken it while this one was uploading.
      await this.lookUp(tag, file, options);
      const name = this.nameOf(tag, file);
      if (name.outcome !== "kept" && name.outcome !== "same") {
        await this.client.attach(descriptorDigest(file.descriptor), tag, false, options);
        await this.resolve({ tag: tag.text }, file, options);
      }
      names.push(name);
    }
    return names;
  }

  /** @throws {TransferError} `conflict`, when the tag leads to another image and the rule is to fail */
  private async lookUp(tag: ImageTag, file: PublishFile, options: PublishOptions): Promise<void> {
    const info = await this.client.info({ tag: tag.text }, options);
    this.earlierHashes.set(tag.text, info?.hash);
    const { onConflict = "fail" } = this.settings;
    if (info === undefined || info.hash === file.hash || onConflict !== "fail") return;
    throw new TransferError(
      "conflict",
      `The tag ${tag.text} leads to another image: ${info.hash}.`,
      {
        hint: "Use another tag. With --on-conflict move the tag is moved to this image; with keep it stays where it is.",
        details: `this image: ${file.hash}`,
      },
    );
  }

  private tagsToAttach(file: PublishFile): readonly ImageTag[] {
    return this.tags.filter((tag) => {
      const { outcome } = this.nameOf(tag, file);
      return outcome === "new" || outcome === "moved";
    });
  }

  private nameOf({ text: name }: ImageTag, { hash }: PublishFile): PublishedName {
    const otherHash = this.earlierHashes.get(name);
    if (otherHash === undefined) return { name, outcome: "new" };
    if (otherHash === hash) return { name, outcome: "same" };
    return { name, outcome: this.settings.onConflict === "keep" ? "kept" : "moved", otherHash };
  }

  /**
   * Asks what a requestor will ask, until the answer is this image: registries may take a moment.
   *
   * @throws {TransferError} `incomplete`
   */
  private async resolve(
    by: { readonly tag: string } | { readonly hash: string },
    { hash }: PublishFile,
    options: PublishOptions,
  ): Promise<ImageInfo> {
    const { pollDelaysMs } = this.settings.uploadPolicy ?? DEFAULT_UPLOAD_POLICY;
    let info: ImageInfo | undefined;
    for (const delayMs of [...pollDelaysMs, undefined]) {
      info = await this.client.info(by, options);
      if (info?.hash === hash) return info;
      if (delayMs !== undefined) await waitFor(delayMs, options.signal);
    }
    const name = "tag" in by ? `the tag ${by.tag}` : `the hash ${by.hash}`;
    const found = info ? `leads to another image, ${info.hash}` : "leads nowhere";
    throw new TransferError(
      "incomplete",
      `The registry ${this.client.url.origin} took the image, but ${name} ${found}.`,
      {
        hint: "Requestors do not find it. Publish again later; if it stays so, tell its operator.",
      },
    );
  }
}
