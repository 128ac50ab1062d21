import { isBelow } from "../../system/paths-below.ts";
import { VM_MOUNTS } from "../../vm/image/vm-mounts.ts";
import type { Volume } from "../../vm/volume-files.ts";
import type { FileContent, FileView, FoundFile } from "./file-view.ts";

/**
 * The files of an image without what a VM that was just booted hides: the contents of volumes and of what the VM
 * mounts itself.
 */
export class HiddenFiles implements FileView {
  readonly #atRest: FileView | undefined;
  readonly #hidden: readonly string[];

  constructor(atRest: FileView | undefined, volumes: readonly Pick<Volume, "guestPath">[]) {
    this.#atRest = atRest;
    this.#hidden = [...VM_MOUNTS, ...volumes.map(({ guestPath }) => guestPath)];
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
    return this.#hidden.some((directory) => isBelow(path, directory));
  }
}
