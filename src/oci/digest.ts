import { createHash, type Hash } from "node:crypto";
import { ImageSourceError } from "../errors.ts";

const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

/** A content address. Its parts are checked, so they are safe in a path. */
export interface Digest {
  readonly algorithm: keyof typeof HEX_LENGTH;
  /** Lower-case. */
  readonly hex: string;
}

/**
 * @param owner what the digest belongs to, for the message
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests
 * @throws {ImageSourceError}
 */
export function parseDigest(value: string, owner: string): Digest {
  const [, algorithm, hex] = /^(sha256|sha512):([a-f0-9]+)$/.exec(value) ?? [];
  if (
    hex === undefined ||
    (algorithm !== "sha256" && algorithm !== "sha512") ||
    hex.length !== HEX_LENGTH[algorithm]
  ) {
    throw new ImageSourceError(
      `The digest of ${owner} is ${JSON.stringify(value.slice(0, 160))}. It must be sha256: or sha512: and lower-case hexadecimal digits.`,
    );
  }
  return { algorithm, hex };
}

export const formatDigest = ({ algorithm, hex }: Digest): string => `${algorithm}:${hex}`;

/** A digest as a person tells it from others: algorithm and the first 12 digits. */
export const shortDigest = ({ algorithm, hex }: Digest): string =>
  `${algorithm}:${hex.slice(0, 12)}`;

/** Hashes bytes for a digest that is expected. */
export class DigestCheck {
  readonly expected: Digest;
  private readonly hash: Hash;
  private found: string | undefined;

  constructor(expected: Digest) {
    this.expected = expected;
    this.hash = createHash(expected.algorithm);
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }

  /** Nothing may be added afterwards. */
  isWrong(): boolean {
    this.found ??= this.hash.digest("hex");
    return this.found !== this.expected.hex;
  }

  /**
   * @param what the subject of the message, such as "The manifest"
   * @throws {ImageSourceError} when the bytes were others
   */
  finish(what: string): void {
    this.found ??= this.hash.digest("hex");
    checkDigest(this.expected, this.found, what);
  }
}

/**
 * @param found what the bytes' digest is, in lower-case hexadecimal
 * @param what the subject of the message, such as "The manifest"
 * @throws {ImageSourceError} when that is not what was expected
 */
export function checkDigest(expected: Digest, found: string, what: string): void {
  if (found === expected.hex) return;
  throw new ImageSourceError(
    `${what} does not match its digest: expected ${formatDigest(expected)}, found ${expected.algorithm}:${found}.`,
    { hint: "The archive is damaged or was changed. Build or save the image again." },
  );
}
