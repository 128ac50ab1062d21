import { posix } from "node:path";
import type { Volume } from "../../vm/volume-files.ts";
import type { FileContent, FileView, FoundFile } from "./file-view.ts";

/** What every VM mounts over the image's own. */
export const MOUNTED_OVER = ["/dev", "/proc", "/sys", "/tmp"] as const;

/**
 * The files of an image without what a VM that was just booted hides: the contents of volumes and of what the VM
 * mounts itself.
 */
export class HiddenFiles implements FileView {
  readonly #atRest: FileView | undefined;
  readonly #hidden: readonly string[];

  constructor(atRest: FileView | undefined, volumes: readonly Pick<Volume, "guestPath">[]) {
    this.#atRest = atRest;
    this.#hidden = [...MOUNTED_OVER, ...volumes.map(({ guestPath }) => guestPath)];
  }

  async find(path: string): Promise<FoundFile | undefined> {
    return this.#isHidden(path) ? undefined : this.#atRest?.find(path);
  }

  async follow(path: string): Promise<FoundFile | undefined> {
    return this.#isHidden(path) ? undefined : this.#atRest?.follow(path);
  }

  async read(path: string, limit: number): Promise<FileContent> {
    if (this.#isHidden(path) || !this.#atRest) return { problem: `${path} does not exist` };
    return this.#atRest.read(path, limit);
  }

  async list(path: string): Promise<string[]> {
    return this.#isHidden(`${path}/x`) ? [] : ((await this.#atRest?.list(path)) ?? []);
  }

  #isHidden(path: string): boolean {
    return isBelowAny(path, this.#hidden);
  }
}

/** Whether a path lies below one of some directories. */
export function isBelowAny(path: string, directories: readonly string[]): boolean {
  const normal = posix.normalize(path);
  return directories.some((directory) => normal.startsWith(`${directory}/`));
}
