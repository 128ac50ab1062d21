import type { GvmiHashes } from "../gvmi/hash.ts";
import type { DownloadCheck } from "./check-download.ts";

/** A `.gvmi` to publish, with what its conversion said of it. */
export interface PublishFile extends GvmiHashes {
  readonly path: string;
  /** What people call the image; shown in indexes. */
  readonly name: string;
  /** Mount points, for indexes. */
  readonly volumes?: readonly string[];
}

export interface PublishProgress {
  readonly step: "copying" | "checking";
  /** Bytes so far. */
  readonly done: number;
  /** Bytes in all. */
  readonly total: number;
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PublishProgress) => void;
}

export interface StoredFile {
  /** Where providers download the file from. */
  readonly url: string;
  /** Whether bytes had to be stored; false when the very same were there already. */
  readonly isNew: boolean;
}

/** A repository of images. */
export interface PublishTarget {
  /**
   * Stores the file and makes it known there.
   *
   * @throws {PublishError} when that is not possible; what was published before stays as it was
   * @throws the abort reason
   */
  store(file: PublishFile, options: PublishOptions): Promise<StoredFile>;

  /**
   * Downloads what was stored, as a provider would.
   *
   * @throws {PublishError} when a provider could not get the very bytes
   * @throws the abort reason
   */
  check(file: PublishFile, stored: StoredFile, options: PublishOptions): Promise<TargetCheck>;
}

export interface TargetCheck extends DownloadCheck {
  /** What the check did not cover, and how to; absent when the published URL itself was checked. */
  readonly limitation?: string;
}
