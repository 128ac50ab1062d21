import { checkExisting } from "../check-existing.ts";
import type {
  ConflictRule,
  PublishedName,
  PublishFile,
  PublishOptions,
} from "../publish-target.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { verifiedBlocks } from "../verified-blocks.ts";
import type { Release, ReleaseAsset } from "./github-answers.ts";
import type { GithubClient } from "./github-client.ts";

export interface StoredAsset {
  readonly asset: ReleaseAsset;
  readonly isNew: boolean;
  readonly outcome: PublishedName["outcome"];
}

/** Brings one file into one release. */
export class AssetStore {
  constructor(
    private readonly client: GithubClient,
    private readonly release: Release,
    private readonly file: PublishFile,
    private readonly options: PublishOptions & { readonly onConflict: ConflictRule },
  ) {}

  /**
   * @param name that of the hash when absent
   * @throws {TransferError} `conflict`, when the name belongs to another file and the rule is to fail
   * @throws {TransferError} `incomplete`, when GitHub has other bytes than were sent
   */
  async store(name: string | undefined): Promise<StoredAsset> {
    const hashName = `${this.file.hash}.gvmi`;
    const wanted = name ?? hashName;
    const present = await this.find(wanted);
    if (!present) {
      return { ...(await this.storeAs(wanted)), outcome: "new" };
    }
    if (await this.isSame(present)) return { asset: present, isNew: false, outcome: "same" };
    const { onConflict } = this.options;
    if (onConflict === "move") {
      return { asset: await this.replace(present), isNew: true, outcome: "moved" };
    }
    if (onConflict === "keep" && name !== undefined) {
      return { ...(await this.storeAs(hashName)), outcome: "kept" };
    }
    throw new TransferError(
      "conflict",
      `The release has another file of the name ${wanted}: ${present.digest ?? `${present.size} bytes`}.`,
      {
        hint: "Use another name. With --on-conflict move the asset is replaced; with keep it stays, and the image is published by its hash.",
        details: `this image: sha256:${this.file.sha256}`,
      },
    );
  }

  /** The asset of a name; what is left of an upload that failed is removed. */
  private async find(name: string): Promise<ReleaseAsset | undefined> {
    const asset = (await this.client.listAssets(this.release)).find((one) => one.name === name);
    if (!asset || asset.state === "uploaded") return asset;
    await this.client.deleteAsset(asset);
    return undefined;
  }

  private async isSame({ size, digest, browser_download_url }: ReleaseAsset): Promise<boolean> {
    const { hash, sha256 } = this.file;
    if (size !== this.file.size) return false;
    if (digest) return digest.toLowerCase() === `sha256:${sha256}`;
    const download = { url: browser_download_url, hash, size };
    return (await checkExisting(download, this.options)) !== undefined;
  }

  /** Sends the file, unless it is there already under this name. */
  private async storeAs(name: string): Promise<{ asset: ReleaseAsset; isNew: boolean }> {
    let isNew = false;
    const asset = await this.client.repeat(async (attempt) => {
      // The answer to an earlier attempt may have been lost.
      const present = await this.find(name);
      if (present && (await this.isSame(present))) return present;
      if (present && attempt === 1) await this.client.deleteAsset(present);
      isNew = true;
      return await this.send(name);
    });
    if (await this.isSame(asset)) return { asset, isNew };
    await this.client.deleteAsset(asset);
    throw new TransferError("incomplete", `GitHub took the asset ${name}, and has other bytes.`, {
      hint: "It was removed again. Publish again.",
      details: `sent sha256:${this.file.sha256}\nfound ${asset.digest ?? `${asset.size} bytes`}`,
    });
  }

  private async send(name: string): Promise<ReleaseAsset> {
    const { size: total } = this.file;
    let done = 0;
    const body = { size: total, read: () => verifiedBlocks(this.file) };
    return await this.client.upload(this.release, name, body, (bytes) => {
      done += bytes;
      this.options.onProgress?.({ step: "uploading", done, total });
    });
  }

  /** The old asset goes when the new one is complete, and its name is free for a moment only. */
  private async replace(old: ReleaseAsset): Promise<ReleaseAsset> {
    const name = `${old.name.replace(/\.gvmi$/, "")}.${this.file.hash.slice(0, 12)}.gvmi`;
    const { asset } = await this.storeAs(name);
    await this.client.deleteAsset(old);
    return await this.client.renameAsset(asset, old.name);
  }
}
