/** A directory or file of an image and what it takes there, for a picture of where the bytes are. */
export interface SizeNode {
  /** The last part of its path. */
  readonly name: string;
  /** Compressed, of everything below it. */
  readonly storedBytes: number;
  readonly children: readonly SizeNode[];
}
