import { createHash, getHashes } from "node:crypto";
import { PublishError } from "../errors.ts";
import { createSha3, type StreamingHash } from "../gvmi/hash.ts";

export type Sha3 = StreamingHash;

/** Hexadecimal digits of the digests that providers take: SHA3-224, which images use, to SHA3-512. */
const ALGORITHMS: Readonly<Record<number, string>> = {
  56: "sha3-224",
  64: "sha3-256",
  96: "sha3-384",
  128: "sha3-512",
};

/** Whether this is a digest that providers take, in lower case. */
export function isSha3Digest(text: string): boolean {
  return /^[0-9a-f]+$/.test(text) && ALGORITHMS[text.length] !== undefined;
}

/**
 * The SHA-3 that makes digests of this length.
 *
 * @param digits 56, 64, 96 or 128
 * @throws {PublishError} when this Node's OpenSSL lacks it
 */
export function sha3OfLength(digits: number): Sha3 {
  if (digits === 56) return createSha3();
  const algorithm = ALGORITHMS[digits] ?? "";
  if (!getHashes().includes(algorithm)) {
    throw new PublishError(`This Node.js cannot make SHA-3 digests of ${digits * 4} bits.`, {
      hint: "Golem images are named by SHA3-224: 56 hexadecimal digits.",
    });
  }
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}
