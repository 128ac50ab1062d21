import type { FileHandle } from "node:fs/promises";
import { descriptorDigest } from "../../gvmi/descriptor.ts";
import type { PublishFile, PublishOptions } from "../publish-target.ts";
import { assertSection, type FileSection, fileBody } from "../transfer/file-body.ts";
import { waitFor } from "../transfer/retry.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { chunkSections } from "./chunk-sections.ts";
import type { ImageStatus } from "./registry-answers.ts";
import type { RegistryClient } from "./registry-client.ts";
import { UploadProgress } from "./upload-progress.ts";

/** As many as the official client sends at once. */
export const PARALLEL_CHUNKS = 4;

/** How often a chunk is sent that the registry took and does not have. */
const MAX_SENDS = 5;

export interface UploadPolicy {
  /** Milliseconds between questions whether the registry has stored all, the first one soon. */
  readonly pollDelaysMs: readonly number[];
}

/** Registries may store on a slow disk: up to half a minute. */
export const DEFAULT_UPLOAD_POLICY: UploadPolicy = {
  pollDelaysMs: [200, 500, 1000, 2000, 5000, 5000, 5000, 5000, 5000, 5000],
};

export interface UploadOptions extends PublishOptions {
  readonly policy?: UploadPolicy;
  /** Called when the registry knows the descriptor, before chunks are sent. */
  readonly beforeChunks?: () => Promise<void>;
}

/**
 * Brings an image into a registry: its descriptor, then those chunks that the registry has not got, until it
 * says that it has all. What it loses meanwhile is sent again.
 *
 * @returns whether anything was missing
 * @throws {TransferError} `incomplete`, when it does not keep what it takes; `changed`, when the file did
 * @throws what the calls throw, and the abort reason
 */
export async function uploadImage(
  client: RegistryClient,
  file: PublishFile,
  handle: FileHandle,
  options: UploadOptions,
): Promise<boolean> {
  return await new Upload(client, file, handle, options).run();
}

class Upload {
  private readonly digest: string;
  private readonly sections: readonly FileSection[];
  private readonly progress: UploadProgress;
  private readonly sends = new Map<number, number>();
  private descriptorSends = 0;

  constructor(
    private readonly client: RegistryClient,
    private readonly file: PublishFile,
    private readonly handle: FileHandle,
    private readonly options: UploadOptions,
  ) {
    this.digest = descriptorDigest(file.descriptor);
    this.sections = chunkSections(file.descriptor);
    this.progress = new UploadProgress(this.sections, options.onProgress);
  }

  async run(): Promise<boolean> {
    let status = await this.knownStatus();
    if (status.isFull) return false;
    await this.options.beforeChunks?.();
    for (let polls = 0; !status.isFull; ) {
      const missing = this.missingChunks(status);
      if (missing.length > 0) {
        await this.sendAll(missing);
      } else {
        await this.waitForStorage(polls);
        polls += 1;
      }
      status = await this.knownStatus();
    }
    return true;
  }

  /** The status once the descriptor is known, which a registry that restarts may have lost, too. */
  private async knownStatus(): Promise<ImageStatus> {
    for (;;) {
      const status = await this.client.status(this.digest, this.options);
      if (status.isKnown) return status;
      if (this.descriptorSends === MAX_SENDS) {
        throw this.incomplete("took the descriptor", "does not know it");
      }
      this.descriptorSends += 1;
      await this.client.pushDescriptor(this.file.descriptor, this.options);
    }
  }

  private missingChunks(status: ImageStatus): number[] {
    const missing: number[] = [];
    for (const number of this.sections.keys()) {
      const isThere = status.hasChunk(number);
      this.progress.set(number, isThere);
      if (!isThere) missing.push(number);
    }
    return missing;
  }

  private async waitForStorage(polls: number): Promise<void> {
    const { pollDelaysMs } = this.options.policy ?? DEFAULT_UPLOAD_POLICY;
    const delayMs = pollDelaysMs[polls];
    if (delayMs === undefined) throw this.incomplete("has all chunks", "does not finish the image");
    this.options.onProgress?.({ step: "waiting", done: this.file.size, total: this.file.size });
    await waitFor(delayMs, this.options.signal);
  }

  /** Sends several at once; the first one that fails for good ends the others. */
  private async sendAll(numbers: readonly number[]): Promise<void> {
    const queue = [...numbers];
    const controller = new AbortController();
    const { signal: outer } = this.options;
    const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
    const work = async () => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        try {
          await this.sendChunk(number, signal);
        } catch (error) {
          controller.abort(error);
          throw error;
        }
      }
    };
    const workers = Array.from({ length: Math.min(PARALLEL_CHUNKS, queue.length) }, work);
    // All have to end before the file may be closed.
    await Promise.allSettled(workers);
    if (signal.aborted) throw signal.reason;
  }

  private async sendChunk(number: number, signal: AbortSignal): Promise<void> {
    const section = this.sections[number];
    if (!section) return;
    const sends = this.sends.get(number) ?? 0;
    if (sends === MAX_SENDS) {
      throw this.incomplete(`took chunk ${number} ${sends} times`, "does not have it");
    }
    this.sends.set(number, sends + 1);
    const content = fileBody(this.handle, this.file.path, section);
    const call = { ...this.options, signal };
    await this.client.repeat(call, async (attempt) => {
      // The registry may have refused it because it is not what the descriptor says.
      if (attempt > 1) await assertSection(this.handle, this.file.path, section);
      // A connection that broke behind the last byte has brought the chunk all the same.
      if (attempt > 1 && !(await this.isMissing(number, call))) return;
      const chunk = { number, position: section.start, sha256: section.sha256, content };
      this.progress.set(number, false);
      const onSent = (bytes: number) => this.progress.add(number, bytes);
      await this.client.pushChunk(this.digest, chunk, { ...call, onSent, asksFirst: attempt > 1 });
    });
    this.progress.set(number, true);
  }

  /** Not so, either, when the registry has forgotten the descriptor, without which it takes no chunks. */
  private async isMissing(number: number, call: PublishOptions): Promise<boolean> {
    const status = await this.client.statusOnce(this.digest, call);
    return status.isKnown && !status.isFull && !status.hasChunk(number);
  }

  private incomplete(did: string, but: string): TransferError {
    return new TransferError(
      "incomplete",
      `The registry ${this.client.url.origin} ${did}, and ${but}.`,
      {
        hint: "Publish again later: what it has is not sent again. If it stays so, tell its operator.",
      },
    );
  }
}
