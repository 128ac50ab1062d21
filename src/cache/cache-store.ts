import type { FileHandle } from "node:fs/promises";
import type { GvmiHashes } from "../gvmi/hash.ts";
import type { ConversionKey } from "./conversion-key.ts";

/** An earlier conversion, open for reading: another process that removes it does no harm. */
export interface CacheEntry {
  readonly gvmi: FileHandle;
  /** The encoded index of its blocks (block-index.ts). */
  readonly blockIndex: Buffer;
  /** What the conversion said of the file; to be verified before the file is used. */
  readonly hashes: GvmiHashes;
  close(): Promise<void>;
  /** Closes and forgets an entry that has turned out to be damaged. */
  discard(): Promise<void>;
}

export interface FoundEntry {
  /** `hit`: the same conversion. `near`: another image, converted in the same way. */
  readonly kind: "hit" | "near";
  readonly entry: CacheEntry;
}

export interface FinishedConversion {
  /** The .gvmi, which stays where it is. */
  readonly path: string;
  readonly blockIndex: Buffer;
  readonly hashes: GvmiHashes;
  readonly diffIds: readonly string[];
}

/** Keeps the results of conversions. It may lose them at any time, and may never fail a conversion. */
export interface CacheStore {
  /**
   * @param diffIds of the image that is to be converted: of several near entries the one with the most
   * layers in common is the best
   */
  find(key: ConversionKey, diffIds: readonly string[]): Promise<FoundEntry | undefined>;

  save(key: ConversionKey, conversion: FinishedConversion): Promise<void>;
}
