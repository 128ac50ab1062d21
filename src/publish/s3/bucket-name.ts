/** A place in a bucket. */
export interface BucketPlace {
  readonly bucket: string;
  /** Folders, with `/` between and behind them; empty for none. */
  readonly prefix: string;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Printable characters that mean the same in a key, a URL and a file's path. */
const FOLDER = /^(?!\.{1,2}$)[\w.!*'()+=@-]+$/;

/**
 * Reads `bucket` or `bucket/folder/folder`.
 *
 * @returns undefined when it is neither
 */
export function parseBucketName(text: string): BucketPlace | undefined {
  const [bucket = "", ...folders] = text.replace(/\/$/, "").split("/");
  if (!BUCKET.test(bucket) || !folders.every((folder) => FOLDER.test(folder))) return undefined;
  return { bucket, prefix: folders.map((folder) => `${folder}/`).join("") };
}
