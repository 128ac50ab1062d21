import { createHash, getHashes, type Hash } from "node:crypto";
import { sha3_224 } from "js-sha3";

/** A hash that is fed in pieces. */
export interface StreamingHash {
  update(bytes: Uint8Array): void;
  /** Lower-case; call it once, at the end. */
  hex(): string;
}

/** SHA3-224 by OpenSSL where Node's has it (8 times faster), else in JavaScript. */
export function createSha3(): StreamingHash {
  return hasNativeSha3() ? nativeHash(createHash("sha3-224")) : createPortableSha3();
}

/** Whether Node's OpenSSL has SHA3-224. */
export function hasNativeSha3(): boolean {
  return getHashes().includes("sha3-224");
}

/** SHA3-224 in JavaScript, for a Node whose OpenSSL does not have it. */
export function createPortableSha3(): StreamingHash {
  const hash = sha3_224.create();
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.hex() };
}

function nativeHash(hash: Hash): StreamingHash {
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest("hex") };
}

/** What identifies a .gvmi file. */
export interface GvmiHashes {
  /** SHA3-224 of the whole file, which is the image's hash on the network: 56 hexadecimal digits. */
  readonly hash: string;
  /** SHA-256 of the whole file: 64 hexadecimal digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** Computes what identifies a .gvmi from its bytes, in one pass. */
export class GvmiHasher {
  private readonly sha3 = createSha3();
  private readonly sha256 = nativeHash(createHash("sha256"));
  private size = 0;

  update(bytes: Uint8Array): void {
    this.sha3.update(bytes);
    this.sha256.update(bytes);
    this.size += bytes.length;
  }

  finish(): GvmiHashes {
    return { hash: this.sha3.hex(), sha256: this.sha256.hex(), size: this.size };
  }
}
