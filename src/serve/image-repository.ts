import { createHash } from "node:crypto";
import type { ImageTag } from "../publish/registry/image-tag.ts";
import { type ImageDescriptor, MAX_DESCRIPTOR_BYTES, parseDescriptor } from "./descriptor.ts";
import { ImageVerifier } from "./image-verifier.ts";
import {
  chunkKey,
  completeKey,
  descriptorKey,
  HASHES,
  imageFolder,
  permissionKey,
  refusalKey,
  tagKey,
} from "./keys.ts";
import { Lock } from "./lock.ts";
import { RequestError } from "./request-error.ts";
import { SpaceAccount } from "./space-account.ts";
import {
  type ByteRange,
  contentOf,
  type ObjectStore,
  readObject,
  type StoredObject,
  writeObject,
} from "./store/object-store.ts";
import { drained, verifiedChunk } from "./verified-chunk.ts";

const DIGEST_BYTES = 65;
/** Shorter than any client waits for an answer. */
const SETTLE_MS = 10_000;
const MAX_CACHED_DESCRIPTORS = 200;

export interface RepositoryLimits {
  /** Bytes of one image. */
  readonly imageBytes: number;
  /** Bytes of all images. */
  readonly storeBytes: number;
}

export interface RepositoryRules {
  readonly limits: RepositoryLimits;
  /** Whether everyone may send images. */
  readonly allowsAnonymous: boolean;
  /** Whether a tag that leads to an image never leads to another. */
  readonly keepsTags: boolean;
}

export interface UploadStatus {
  readonly isFull: boolean;
  /** Whether each chunk is there. */
  readonly chunks: readonly boolean[];
}

/** An image that is whole. */
export interface CompleteImage extends ImageDescriptor {
  /** When it became whole. */
  readonly modified: Date;
}

/**
 * Images by descriptor, hash and tag. All it knows is in its store, so that it can be killed at any time, and
 * several can share one store.
 */
export class ImageRepository {
  readonly space: SpaceAccount;
  /** Held while an image is given a tag or removed. */
  readonly lock = new Lock();
  private readonly descriptors = new Map<string, ImageDescriptor>();
  private readonly verifier: ImageVerifier;

  constructor(
    readonly store: ObjectStore,
    readonly rules: RepositoryRules,
    onVerificationFailure: (error: unknown) => void = () => {},
  ) {
    this.space = new SpaceAccount(store, rules.limits.storeBytes);
    this.verifier = new ImageVerifier(store, onVerificationFailure);
  }

  /** Ends what goes on in the background, which a later start takes up again. */
  async close(): Promise<void> {
    await this.verifier.close();
  }

  /** @throws {RequestError} when it is none, or the image is too large, refused, or finds no room */
  async pushDescriptor(bytes: Buffer): Promise<ImageDescriptor> {
    const described = parseDescriptor(bytes);
    const { digest, size } = described;
    const { imageBytes } = this.rules.limits;
    if (size > imageBytes) {
      throw new RequestError(413, `The image has ${size} bytes; at most ${imageBytes} are taken.`);
    }
    if (await this.store.stat(refusalKey(digest))) {
      throw new RequestError(
        400,
        "The descriptor has another SHA3-224 than the image that its chunks are.",
      );
    }
    // One that is damaged is written again.
    if (await this.describe(digest)) return described;
    this.space.assertRoomFor(size + bytes.length);
    await this.space.write(descriptorKey(digest), contentOf(bytes), bytes.length);
    return described;
  }

  /** @returns undefined when there is no such descriptor, or a disk has damaged it */
  async describe(digest: string): Promise<ImageDescriptor | undefined> {
    const cached = this.descriptors.get(digest);
    if (cached) return (await this.store.stat(descriptorKey(digest))) ? cached : undefined;
    const bytes = await readObject(this.store, descriptorKey(digest), MAX_DESCRIPTOR_BYTES);
    if (!bytes) return undefined;
    if (createHash("sha256").update(bytes).digest("hex") !== digest) return undefined;
    const described = parseDescriptor(bytes);
    if (this.descriptors.size >= MAX_CACHED_DESCRIPTORS) this.descriptors.clear();
    this.descriptors.set(digest, described);
    return described;
  }

  /** @returns undefined when there is no such descriptor, or it was found to be wrong */
  async status(digest: string): Promise<UploadStatus | undefined> {
    const image = await this.describe(digest);
    if (!image || (await this.store.stat(refusalKey(digest)))) return undefined;
    // Asked before the chunks are listed, so that one that comes meanwhile is not taken for lost.
    const wasWhole = (await this.complete(digest)) !== undefined;
    const sizes = new Map<string, number>();
    for await (const { key, size } of this.store.list(`${imageFolder(digest)}chunks/`)) {
      sizes.set(key, size);
    }
    const chunks = image.chunks.map(
      ({ sha256, length }, number) => sizes.get(chunkKey(digest, number, sha256)) === length,
    );
    if (chunks.includes(false)) {
      // What is lost can be sent again, and then it is checked anew.
      if (wasWhole) await this.store.remove(completeKey(image.hash, digest));
      return { isFull: false, chunks };
    }
    if (wasWhole) return { isFull: true, chunks };
    // Another process may have taken the last chunk and ended before it was checked; and clients ask for this
    // only every few seconds, so the answer is worth a moment.
    await this.verifier.settle(image, SETTLE_MS);
    return { isFull: (await this.complete(digest)) !== undefined, chunks };
  }

  /**
   * Stores a chunk if its bytes are those that the descriptor names.
   *
   * @throws {RequestError} when they are not, or sending it is not permitted
   */
  async pushChunk(
    digest: string,
    number: number,
    said: { readonly sha256: string; readonly start: number; readonly length: number },
    content: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const image = await this.describe(digest);
    if (!image || (await this.store.stat(refusalKey(digest)))) {
      throw new RequestError(404, "There is no such descriptor. Send it first.");
    }
    if (!this.rules.allowsAnonymous && !(await this.store.stat(permissionKey(digest)))) {
      throw new RequestError(403, "Images are taken from users only. Publish it with a tag.");
    }
    const chunk = image.chunks[number];
    if (!chunk) throw new RequestError(400, `The image has no chunk ${number}.`);
    const { sha256, start, length } = chunk;
    if (said.sha256 !== sha256 || said.start !== start || said.length !== length) {
      throw new RequestError(400, `Chunk ${number} is said to be another than in the descriptor.`);
    }
    const key = chunkKey(digest, number, sha256);
    const isThere = (await this.store.stat(key))?.size === length;
    const verified = verifiedChunk(content, number, length, sha256);
    if (isThere) await drained(verified);
    else await this.space.write(key, verified, length);
    if (!(await this.store.stat(completeKey(image.hash, digest)))) this.verifier.advance(image);
  }

  /** Whether the image of this descriptor is whole. */
  async complete(digest: string): Promise<CompleteImage | undefined> {
    const image = await this.describe(digest);
    if (!image) return undefined;
    const found = await this.store.stat(completeKey(image.hash, digest));
    return found && { ...image, modified: found.modified };
  }

  /**
   * Lets a tag lead to an image, which must be whole unless this is a question.
   *
   * @param isQuestion changes nothing but that the chunks of the image are taken
   * @throws {RequestError} 404, 409
   */
  async attach(digest: string, tag: ImageTag, isQuestion: boolean): Promise<void> {
    await this.lock.hold(async () => {
      if (!(await this.describe(digest))) throw new RequestError(404, "There is no such image.");
      await this.assertFree(tag, digest);
      if (isQuestion) {
        // Chunks come without credentials, so this is how they are known to be a user's.
        await writeObject(this.store, permissionKey(digest), new Uint8Array());
        return;
      }
      if (!(await this.complete(digest))) {
        throw new RequestError(409, "The image is not complete yet.");
      }
      const earlier = await this.digestOf(tag);
      if (earlier === digest) return;
      await this.writeTag(tag, digest);
      // Another process that shares the store may have removed it a moment ago, before it saw the tag.
      if (!(await this.complete(digest))) {
        if (earlier === undefined) await this.store.remove(tagKey(tag));
        else await this.writeTag(tag, earlier);
        throw new RequestError(409, "The image has just expired. Send it again.");
      }
      // From now on nothing may lead to the other one, which expires as if it had come just now.
      if (earlier !== undefined && (await this.describe(earlier))) {
        await writeObject(this.store, permissionKey(earlier), new Uint8Array());
      }
    });
  }

  /** @returns undefined when it leads nowhere */
  async findTag(tag: ImageTag): Promise<CompleteImage | undefined> {
    const digest = await this.digestOf(tag);
    return digest === undefined ? undefined : await this.complete(digest);
  }

  /** @param hash SHA3-224, in lower case */
  async findHash(hash: string): Promise<CompleteImage | undefined> {
    if (!/^[0-9a-f]{56}$/.test(hash)) return undefined;
    for await (const { key } of this.store.list(`${HASHES}${hash}/`)) {
      const image = await this.complete(key.slice(key.lastIndexOf("/") + 1));
      if (image) return image;
    }
    return undefined;
  }

  /**
   * The bytes of a whole image. A chunk that a disk has damaged is removed when it is found, so that the image can
   * be sent again.
   *
   * @throws an error when a chunk is missing or damaged
   */
  async *read(image: ImageDescriptor, range: ByteRange): AsyncIterable<Uint8Array> {
    const { digest, chunks } = image;
    for (const [number, { start, length, sha256 }] of chunks.entries()) {
      const first = Math.max(range.start, start);
      const last = Math.min(range.end, start + length - 1);
      if (first > last) continue;
      const part = { start: first - start, end: last - start };
      const content = this.store.read(chunkKey(digest, number, sha256), part);
      if (part.end - part.start + 1 < length) yield* content;
      else yield* this.verified(image, number, content);
    }
  }

  private async *verified(
    { hash: imageHash, digest, chunks }: ImageDescriptor,
    number: number,
    content: AsyncIterable<Uint8Array>,
  ): AsyncIterable<Uint8Array> {
    const hash = createHash("sha256");
    for await (const block of content) {
      hash.update(block);
      yield block;
    }
    const sha256 = chunks[number]?.sha256 ?? "";
    if (hash.digest("hex") === sha256) return;
    await this.store.remove(completeKey(imageHash, digest));
    await this.store.remove(chunkKey(digest, number, sha256));
    throw new Error(`Chunk ${number} of ${digest} is damaged and was removed.`);
  }

  /** Which descriptor a tag leads to. */
  async digestOf(tag: ImageTag): Promise<string | undefined> {
    return await readDigest(this.store, tagKey(tag));
  }

  /** Makes an image whole again that was to be removed. */
  async restore({ hash, digest }: CompleteImage): Promise<void> {
    await writeObject(this.store, completeKey(hash, digest), new Uint8Array());
  }

  private async writeTag(tag: ImageTag, digest: string): Promise<void> {
    await writeObject(this.store, tagKey(tag), Buffer.from(`${digest}\n`));
  }

  private async assertFree(tag: ImageTag, digest: string): Promise<void> {
    if (!this.rules.keepsTags) return;
    const other = await this.digestOf(tag);
    if (other === undefined || other === digest) return;
    throw new RequestError(409, `${tag.text} leads to another image, and tags are kept here.`);
  }
}

/** What a tag's object holds. */
export async function readDigest(store: ObjectStore, key: StoredObject["key"]) {
  return (await readObject(store, key, DIGEST_BYTES))?.toString("latin1").trim();
}
