import type { HashedGvmi } from "../gvmi/hash-file.ts";
import type { DownloadCheck } from "./check-download.ts";
import type { FileStamp } from "./file-stamp.ts";

/** A `.gvmi` to publish, with what its conversion said of it. */
export interface PublishFile extends HashedGvmi {
  readonly path: string;
  /** What people call the image; shown in indexes. */
  readonly name: string;
  /** Mount points, for indexes. */
  readonly volumes?: readonly string[];
  /** What the file was when it was hashed; what it is when publishing begins when absent. */
  readonly stamp?: FileStamp;
}

export interface PublishProgress {
  /** `waiting`: for the repository to store what it has been sent. */
  readonly step: "copying" | "uploading" | "waiting" | "checking";
  /** Bytes so far; what was there already counts as done. */
  readonly done: number;
  /** Bytes in all. */
  readonly total: number;
}

export interface PublishOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PublishProgress) => void;
  /** Called with a sentence about what a person may want to know, such as an attempt that failed. */
  readonly onNote?: (text: string) => void;
}

/**
 * What to do when a name (a tag, a release asset) belongs to another image: fail before anything is sent,
 * move the name to this image, or keep the name where it is and publish the image without it.
 */
export const CONFLICT_RULES = ["fail", "move", "keep"] as const;
export type ConflictRule = (typeof CONFLICT_RULES)[number];

/** What became of a name: it is new, led here before, was moved from, or kept by, another image. */
export interface PublishedName {
  readonly name: string;
  readonly outcome: "new" | "same" | "moved" | "kept";
  /** The image that had, or still has, the name: SHA3-224. */
  readonly otherHash?: string;
}

export interface StoredFile {
  /** Where providers download the file from. */
  readonly url: string;
  /** Whether bytes had to be stored; false when the very same were there already. */
  readonly isNew: boolean;
}

/**
 * A repository of images. Files are named by their hashes, so that nothing is ever overwritten by something
 * else. The methods are called in the order in which they stand here.
 */
export interface PublishTarget {
  /**
   * Stores the file. Whatever can be known to fail later (credentials, names that belong to other images) is
   * found out before the first byte is sent.
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

  /**
   * Gives the file its names, once it is known that providers can download it. Absent where files have no
   * names but their hashes.
   *
   * @throws {PublishError} when a name belongs to another image and the rule is to fail
   * @throws the abort reason
   */
  announce?(
    file: PublishFile,
    stored: StoredFile,
    options: PublishOptions,
  ): Promise<readonly PublishedName[]>;

  /**
   * Removes images that the target's rules do not keep, once all else is done. Absent where there are no rules.
   *
   * @returns the hashes of those that are gone
   * @throws {PublishError} when one cannot be removed
   */
  prune?(file: PublishFile, options: PublishOptions): Promise<readonly string[]>;

  /** Gives connections back; called last, whatever happened. */
  close?(): void;
}

export interface TargetCheck extends DownloadCheck {
  /** What the check did not cover, and how to; absent when the published URL itself was checked. */
  readonly limitation?: string;
}
