import { setTimeout as wait } from "node:timers/promises";
import { answerFailure } from "../transfer/answer-failure.ts";
import { ConnectionPool } from "../transfer/connection-pool.ts";
import { bytesBody, multipartForm } from "../transfer/multipart.ts";
import { type RetryPolicy, withRetries } from "../transfer/retry.ts";
import {
  send,
  type TransferAnswer,
  type TransferBody,
  type TransferRequest,
} from "../transfer/send.ts";
import type { TransferError } from "../transfer/transfer-error.ts";
import type { Credentials } from "./credentials.ts";
import type { ImageTag } from "./image-tag.ts";
import {
  assertNoPage,
  type ImageInfo,
  type ImageStatus,
  readInfo,
  readStatus,
} from "./registry-answers.ts";
import { assertSafeForToken } from "./registry-url.ts";

const USERS_ONLY =
  "This registry may take images from its users alone. Publish with --tag, REGISTRY_USER and REGISTRY_TOKEN.";

export interface RegistryClientOptions {
  readonly credentials?: Credentials;
  readonly policy?: RetryPolicy;
  readonly stallMs?: number;
}

/** What every call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Called with a sentence before a call is repeated. */
  readonly onNote?: (text: string) => void;
}

export interface Chunk {
  /** From 0. */
  readonly number: number;
  /** Bytes, from the beginning of the file. */
  readonly position: number;
  /** In hexadecimal. */
  readonly sha256: string;
  readonly content: TransferBody;
}

/**
 * The calls of a Golem registry. Each is repeated when it fails for a passing reason, apart from `pushChunk`:
 * who sends chunks first looks whether they are there. When the registry wants fewer requests, all of them
 * wait.
 *
 * Every call throws a `TransferError` that says why it failed, or the abort reason. No message has the token in
 * it, even if the registry repeats it.
 */
export class RegistryClient {
  private readonly pool = new ConnectionPool();
  private pausedUntil = 0;

  /** @throws {TransferError} `insecure` */
  constructor(
    readonly url: URL,
    private readonly options: RegistryClientOptions = {},
  ) {
    if (options.credentials) assertSafeForToken(url);
  }

  close(): void {
    this.pool.close();
  }

  /** Checks the credentials, if there are any. */
  async login(call: CallOptions): Promise<void> {
    const { credentials } = this.options;
    if (!credentials) return;
    const body = bytesBody(
      Buffer.from(JSON.stringify({ username: credentials.user, password: credentials.token })),
    );
    const headers = { "content-type": "application/json" };
    await this.repeat(call, async () => {
      const answer = await this.exchange(call, { method: "POST", headers, body }, "auth/pat/login");
      if (answer.status !== 200) throw this.failure("The registry refuses the login", answer);
      assertNoPage(answer, this.url);
    });
  }

  /** What the registry has of the image with this descriptor. */
  async status(descriptorDigest: string, call: CallOptions): Promise<ImageStatus> {
    return await this.repeat(call, () => this.statusOnce(descriptorDigest, call));
  }

  /** The same without repetition, for what is repeated as a whole. */
  async statusOnce(descriptorDigest: string, call: CallOptions): Promise<ImageStatus> {
    const path = `v1/image/descr/${descriptorDigest}`;
    const answer = await this.exchange(call, { method: "GET" }, path);
    // One that is not known is answered with either.
    if (answer.status !== 200 && answer.status !== 404) {
      throw this.failure("The registry does not say what it has of the image", answer);
    }
    return readStatus(answer, this.url);
  }

  async pushDescriptor(descriptor: Buffer, call: CallOptions): Promise<void> {
    await this.repeat(call, async () => {
      const file = { name: "descriptor.txt", content: bytesBody(descriptor) };
      const answer = await this.post(call, "v1/image/push/descr", multipartForm({}, file));
      if (!isSuccess(answer)) throw this.failure("The registry refuses the descriptor", answer);
      assertNoPage(answer, this.url);
    });
  }

  /** Sends a chunk once. That it is answered well does not mean that the registry has it. */
  async pushChunk(
    descriptorDigest: string,
    { number, position, sha256, content }: Chunk,
    call: CallOptions & Pick<TransferRequest, "asksFirst" | "onSent">,
  ): Promise<void> {
    const form = multipartForm(
      {
        "descr-sha256": descriptorDigest,
        "chunk-no": `${number}`,
        "chunk-sha256": sha256,
        "chunk-pos": `${position}`,
        "chunk-len": `${content.size}`,
      },
      { name: "descriptor.txt", content },
    );
    const answer = await this.post(call, "v1/image/push/chunk", form);
    // It was damaged on the way, or its descriptor was forgotten; or the file changed, who sends it finds out.
    const isTransient = answer.status === 400 || answer.status === 404;
    if (isTransient) throw this.failure(`The registry refuses chunk ${number}`, answer, true);
    if (!isSuccess(answer)) throw this.failure(`The registry refuses chunk ${number}`, answer);
    assertNoPage(answer, this.url);
  }

  /** @param check asks whether it would work, and changes nothing */
  async attach(
    descriptorDigest: string,
    { user, repository, tag, text }: ImageTag,
    check: boolean,
    call: CallOptions,
  ): Promise<void> {
    const { credentials } = this.options;
    if (!credentials) throw new Error("A tag is attached with credentials only.");
    await this.repeat(call, async () => {
      const form = multipartForm({
        tag,
        username: user,
        repository,
        login: credentials.user,
        token: credentials.token,
        ...(check && { check: "true" }),
      });
      const answer = await this.post(call, `v1/image/descr/attach/${descriptorDigest}`, form);
      if (answer.status !== 200) throw this.failure(`The registry refuses the tag ${text}`, answer);
      assertNoPage(answer, this.url);
    });
  }

  /** What a tag or hash leads to, as requestors ask; undefined when it leads nowhere. */
  async info(
    by: { readonly tag: string } | { readonly hash: string },
    call: CallOptions,
  ): Promise<ImageInfo | undefined> {
    return await this.repeat(call, async () => {
      const path = `v1/image/info?${new URLSearchParams({ ...by })}`;
      const answer = await this.exchange(call, { method: "GET" }, path);
      if (answer.status === 404) {
        // A proxy's page says nothing of a tag.
        assertNoPage(answer, this.url);
        return undefined;
      }
      if (answer.status !== 200)
        throw this.failure("The registry does not say where images are", answer);
      return readInfo(answer, this.url);
    });
  }

  /** Repeats what failed for a passing reason; for a chunk, `attempt` first looks whether it arrived. */
  async repeat<T>(call: CallOptions, attempt: (number: number) => Promise<T>): Promise<T> {
    const { policy } = this.options;
    return await withRetries(attempt, {
      ...(policy && { policy }),
      ...(call.signal && { signal: call.signal }),
      onRetry: (error, delayMs) => {
        if (error.retryAfterMs !== undefined) this.pausedUntil = Date.now() + delayMs;
        const seconds = (delayMs / 1000).toFixed(delayMs < 10_000 ? 1 : 0);
        call.onNote?.(`${error.message} Trying again in ${seconds} s.`);
      },
    });
  }

  private async post(
    call: CallOptions & Pick<TransferRequest, "asksFirst" | "onSent">,
    path: string,
    { contentType, body }: ReturnType<typeof multipartForm>,
  ): Promise<TransferAnswer> {
    const headers = { "content-type": contentType };
    return await this.exchange(call, { method: "POST", headers, body }, path);
  }

  private async exchange(
    call: CallOptions & Pick<TransferRequest, "asksFirst" | "onSent">,
    request: Pick<TransferRequest, "method" | "headers" | "body">,
    path: string,
  ): Promise<TransferAnswer> {
    const { signal, asksFirst, onSent } = call;
    const { stallMs } = this.options;
    await this.pause(signal);
    return await send({
      ...request,
      url: new URL(path, this.url),
      pool: this.pool,
      ...(signal && { signal }),
      ...(asksFirst && { asksFirst }),
      ...(onSent && { onSent }),
      ...(stallMs !== undefined && { stallMs }),
    });
  }

  private async pause(signal: AbortSignal | undefined): Promise<void> {
    const left = this.pausedUntil - Date.now();
    if (left <= 0) return;
    await wait(left, undefined, { ...(signal && { signal }) }).catch(() => {});
    signal?.throwIfAborted();
  }

  private failure(action: string, answer: TransferAnswer, isTransient?: boolean): TransferError {
    const { credentials } = this.options;
    const redact = (text: string) => credentials?.redact(text) ?? text;
    const needsUser = !credentials && (answer.status === 401 || answer.status === 403);
    return answerFailure(action, answer, {
      redact,
      ...(isTransient && { isTransient }),
      ...(needsUser && { hint: USERS_ONLY }),
    });
  }
}

function isSuccess({ status }: TransferAnswer): boolean {
  return status >= 200 && status < 300;
}
