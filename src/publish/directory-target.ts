import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PublishError } from "../errors.ts";
import { hashFile } from "../gvmi/hash-file.ts";
import { makeDirectories } from "../system/make-directories.ts";
import { replaceFile } from "../system/replace-file.ts";
import { parseBaseUrl, publicUrl } from "./base-url.ts";
import { checkDownload } from "./check-download.ts";
import { copyVerified } from "./copy-verified.ts";
import { DirectoryIndex } from "./directory-index.ts";
import { explainFailure } from "./explain-failure.ts";
import { withLoopbackServer } from "./loopback-server.ts";
import { openIfRegular } from "./open-if-regular.ts";
import { imagesToPrune, type KeepRule } from "./prune-rule.ts";
import type {
  PublishFile,
  PublishOptions,
  PublishTarget,
  StoredFile,
  TargetCheck,
} from "./publish-target.ts";

/**
 * A directory of files named by their hashes, with an index: for static hosting, pages branches and
 * shared disks.
 */
export class DirectoryTarget implements PublishTarget {
  private readonly baseUrl: URL | undefined;
  private readonly index: DirectoryIndex;

  /**
   * @param baseUrl where the directory is, or will be, served; `file:` URLs when absent
   * @param keep which earlier images of the same name stay; all when absent
   * @throws {PublishError} when no provider could download from the base URL
   */
  constructor(
    private readonly directory: string,
    baseUrl?: string,
    private readonly keep: KeepRule = {},
  ) {
    this.baseUrl = baseUrl === undefined ? undefined : parseBaseUrl(baseUrl);
    this.index = new DirectoryIndex(directory);
  }

  async store(file: PublishFile, options: PublishOptions): Promise<StoredFile> {
    if (!/^[0-9a-f]{56}$/.test(file.hash)) {
      throw new PublishError(`${JSON.stringify(file.hash)} is not a SHA3-224 hash.`, {
        hint: "It has 56 hexadecimal digits in lower case.",
      });
    }
    const name = fileName(file.hash);
    const path = join(this.directory, name);
    const url = this.baseUrl
      ? publicUrl(this.baseUrl, { file: name, hash: file.hash })
      : pathToFileURL(resolve(path)).href;
    try {
      await makeDirectories(this.directory);
      await this.index.assertOurs();
      const isNew = !(await hasSameBytes(path, file, options));
      if (isNew) {
        await replaceFile(path, (partial) => copyVerified(file, partial, options));
      }
      const { hash, sha256, size, volumes = [] } = file;
      await this.index.add({ name: file.name, hash, sha256, size, file: name, volumes, url });
      return { url, isNew };
    } catch (error) {
      throw explainFailure(`Cannot publish to ${this.directory}`, error);
    }
  }

  async check(
    file: PublishFile,
    { url }: StoredFile,
    options: PublishOptions,
  ): Promise<TargetCheck> {
    const checked = await withLoopbackServer(this.directory, (base) =>
      checkDownload({ url: new URL(fileName(file.hash), base).href, ...file }, options),
    );
    const limitation = this.baseUrl
      ? `${url} was not looked at: the directory was served on this machine instead. Upload it, then check that URL.`
      : "The directory was served on this machine: providers cannot download from file: URLs.";
    return { ...checked, limitation };
  }

  async prune(file: PublishFile): Promise<readonly string[]> {
    try {
      const images = imagesToPrune(await this.index.images(), file, this.keep, Date.now());
      return (await this.index.remove(images)).map(({ hash }) => hash);
    } catch (error) {
      throw explainFailure(`Cannot remove earlier images from ${this.directory}`, error);
    }
  }
}

function fileName(hash: string): string {
  return `${hash}.gvmi`;
}

/** Whether the bytes are there already; a damaged file counts as missing, and is replaced. */
async function hasSameBytes(
  path: string,
  file: PublishFile,
  { signal }: PublishOptions,
): Promise<boolean> {
  const handle = await openIfRegular(path);
  if (!handle) return false;
  try {
    const { size } = await handle.stat();
    return size === file.size && (await hashFile(handle, signal)).hash === file.hash;
  } finally {
    await handle.close();
  }
}
