import type { ByteString } from "../../oci/entry.ts";
import { DigestIndex } from "./digest-index.ts";
import type { DigestList } from "./digest-list.ts";

/** A content of at least one whole block, by the digests of its blocks. */
export interface LargeContent {
  readonly layout: number;
  readonly digests: DigestList;
}

/** Finds contents that were stored before, by the SHA-256 of their pieces. */
export class DuplicateFinder {
  private readonly small = new DigestIndex();
  private readonly large = new Map<ByteString, LargeContent[]>();

  /** @returns the layout of the same content of one piece */
  findSmall(digest: Buffer): number | undefined {
    return this.small.get(digest);
  }

  addSmall(digest: Buffer, layout: number): void {
    this.small.add(digest, layout);
  }

  /** @returns the contents of this size whose first piece is the same */
  findLarge(size: number, firstDigest: Buffer): readonly LargeContent[] {
    return this.large.get(largeKey(size, firstDigest)) ?? [];
  }

  addLarge(size: number, content: LargeContent): void {
    content.digests.trim();
    const key = largeKey(size, content.digests.get(0));
    const known = this.large.get(key);
    if (known) known.push(content);
    else this.large.set(key, [content]);
  }
}

function largeKey(size: number, firstDigest: Buffer): ByteString {
  return `${size} ${firstDigest.toString("latin1")}`;
}
