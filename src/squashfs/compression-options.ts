import { UsageError } from "../errors.ts";
import {
  SQUASHFS_COMPRESSIONS,
  type SquashfsCompression,
  type SquashfsOptions,
} from "./squashfs-writer.ts";

export const DEFAULT_BLOCK_SIZE = 128 * 1024;
const MIN_BLOCK_SIZE = 4 * 1024;
const MAX_BLOCK_SIZE = 1024 * 1024;

/** Lowest, default and highest level of each compressor; lz4 has one level. */
const LEVELS: Readonly<Record<SquashfsCompression, readonly [number, number, number] | undefined>> =
  {
    // Level 9 takes 3 times as long and saves less than 1 %.
    gzip: [1, 6, 9],
    xz: [0, 6, 9],
    lzo: [1, 8, 9],
    lz4: undefined,
    zstd: [1, 15, 22],
  };

export interface CheckedOptions {
  readonly compression: SquashfsCompression;
  readonly level: number | undefined;
  readonly blockSize: number;
}

/** Compressions by what they are good for. */
const PRESETS: Readonly<Record<string, SquashfsCompression>> = {
  balanced: "gzip",
  smallest: "xz",
  fastest: "lz4",
};

/** What people may write for a compression. */
export const COMPRESSION_NAMES: readonly string[] = [
  ...Object.keys(PRESETS),
  ...SQUASHFS_COMPRESSIONS.filter((compression) => compression !== "zstd"),
];

/**
 * Reads the name of a compression or of a preset: `balanced`, `smallest`, `fastest`.
 *
 * @throws {UsageError} when a person asks for what squashfs or a provider's kernel does not know
 */
export function parseCompression(name: string): SquashfsCompression {
  const compression =
    SQUASHFS_COMPRESSIONS.find((known) => known === name) ??
    (Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined);
  if (compression) return compression;
  throw new UsageError(
    `Invalid compression: ${JSON.stringify(name)}. Must be one of ${COMPRESSION_NAMES.join(", ")}.`,
  );
}

/** Fills in the defaults. @throws {UsageError} */
export function checkOptions(options: SquashfsOptions): CheckedOptions {
  const compression = parseCompression(options.compression);
  if (compression === "zstd" && !options.allowUnreadable) {
    throw new UsageError(
      "The compression zstd cannot be used: the kernel of Golem's providers does not read it.",
      { hint: "Use balanced, smallest or fastest; or insist with --allow-unreadable." },
    );
  }
  return {
    compression,
    level: checkLevel(compression, options.level),
    blockSize: checkBlockSize(options.blockSize ?? DEFAULT_BLOCK_SIZE),
  };
}

function checkLevel(compression: SquashfsCompression, level: number | undefined) {
  const levels = LEVELS[compression];
  if (!levels) {
    if (level === undefined) return undefined;
    throw new UsageError(`The compression ${compression} has no levels; ${level} was given.`);
  }
  const [lowest, usual, highest] = levels;
  if (level === undefined) return usual;
  if (Number.isInteger(level) && level >= lowest && level <= highest) return level;
  throw new UsageError(
    `Invalid level for ${compression}: ${level}. Must be a whole number from ${lowest} to ${highest}.`,
  );
}

function checkBlockSize(size: number): number {
  const isPowerOfTwo = Number.isInteger(Math.log2(size));
  if (isPowerOfTwo && size >= MIN_BLOCK_SIZE && size <= MAX_BLOCK_SIZE) return size;
  throw new UsageError(
    `Invalid squashfs block size: ${size}. Must be a power of two from ${MIN_BLOCK_SIZE} to ${MAX_BLOCK_SIZE} bytes.`,
  );
}
