import type { PublishOptions } from "../publish-target.ts";
import type { FileSection } from "../transfer/file-body.ts";

/** How many bytes of an image a registry has, of chunks that arrive side by side and may be lost again. */
export class UploadProgress {
  private readonly done: number[];
  private readonly total: number;
  private sum = 0;

  constructor(
    private readonly sections: readonly FileSection[],
    private readonly onProgress: PublishOptions["onProgress"],
  ) {
    this.done = sections.map(() => 0);
    this.total = sections.reduce((sum, { length }) => sum + length, 0);
  }

  /** A chunk is there, or none of it. */
  set(number: number, isThere: boolean): void {
    this.change(number, isThere ? Number.POSITIVE_INFINITY : 0);
  }

  /** More of a chunk was sent; what a form adds to it does not count. */
  add(number: number, bytes: number): void {
    this.change(number, (this.done[number] ?? 0) + bytes);
  }

  private change(number: number, bytes: number): void {
    const value = Math.min(bytes, this.sections[number]?.length ?? 0);
    this.sum += value - (this.done[number] ?? 0);
    this.done[number] = value;
    this.onProgress?.({ step: "uploading", done: this.sum, total: this.total });
  }
}
