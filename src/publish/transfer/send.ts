import * as http from "node:http";
import * as https from "node:https";
import type { ConnectionPool } from "./connection-pool.ts";
import { networkFailure, stallFailure } from "./network-failure.ts";
import { TransferError } from "./transfer-error.ts";

/** A transfer that stands still for this long has failed. */
export const DEFAULT_STALL_MS = 30_000;

/** Bytes per second below which a transfer is as good as stalled, although something moves. */
const SLOWEST_RATE = 8 * 1024;

/** Answers are short texts; longer ones are not read. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** How long a server may take to say that it wants the body; most old ones never do (RFC 9110, 10.1.1). */
const CONTINUE_MS = 1000;

export interface TransferBody {
  /** Bytes. */
  readonly size: number;
  /** Each block may be used until the next is asked for. An error ends the transfer with that error. */
  read(): AsyncIterable<Uint8Array>;
}

export interface TransferRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TransferBody;
  readonly pool?: ConnectionPool;
  readonly signal?: AbortSignal;
  /** Milliseconds in which nothing moves until the transfer fails; 30 s when absent. */
  readonly stallMs?: number;
  /** Whether to ask the server first if it takes the body, so that its refusal is not lost while sending. */
  readonly asksFirst?: boolean;
  /** Called with the bytes of the body that have been handed to the network since the last call. */
  readonly onSent?: (bytes: number) => void;
}

export interface TransferAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/**
 * Sends a request and reads its short answer, whatever its status. No redirect is followed: what is sent
 * may be secret, and stays with the origin that it was meant for.
 *
 * @throws {TransferError} `network` or `stalled`, or `protocol` for an endless answer
 * @throws the abort reason, or the error of the body
 */
export async function send(request: TransferRequest): Promise<TransferAnswer> {
  const { signal, stallMs = DEFAULT_STALL_MS, body } = request;
  signal?.throwIfAborted();
  const exchange = new Exchange(request, stallMs);
  const longestMs = stallMs + ((body?.size ?? 0) / SLOWEST_RATE) * 1000;
  const deadline = setTimeout(() => exchange.fail(stallFailure(request, stallMs)), longestMs);
  const onAbort = () => exchange.fail(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await exchange.run();
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** One request with its answer. Whatever fails first is what it fails with. */
class Exchange {
  private readonly sent: http.ClientRequest;
  private readonly answer: Promise<TransferAnswer>;
  private readonly closed: Promise<void>;
  private failure: { readonly error: unknown } | undefined;
  private rejectAnswer: (error: unknown) => void = () => {};
  private hasAnswer = false;

  constructor(
    private readonly request: TransferRequest,
    private readonly stallMs: number,
  ) {
    const { method, url, headers = {}, body, pool, asksFirst } = request;
    const start = url.protocol === "https:" ? https.request : http.request;
    this.sent = start(url, {
      method,
      agent: pool?.agentFor(url) ?? false,
      headers: {
        "user-agent": "golem-image",
        ...headers,
        ...(body && { "content-length": body.size }),
        ...(asksFirst && body && { expect: "100-continue" }),
      },
    });
    this.closed = new Promise((resolve) => this.sent.once("close", resolve));
    this.answer = new Promise((resolve, reject) => {
      this.rejectAnswer = reject;
      this.sent.once("response", (response) => {
        this.hasAnswer = true;
        this.readAnswer(response).then(resolve, (error) => this.failConnection(error));
      });
    });
    this.sent.on("error", (error) => this.failConnection(error));
    // Node counts parts of a large write as movement, too.
    this.sent.setTimeout(stallMs, () => this.fail(stallFailure(request, stallMs)));
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.rejectAnswer(error);
    this.sent.destroy();
  }

  private failConnection(error: unknown): void {
    this.fail(networkFailure(this.request, error));
  }

  async run(): Promise<TransferAnswer> {
    this.sendBody().catch((error) => this.fail(error));
    try {
      return await this.answer;
    } finally {
      // Nothing may use the file or the buffers of the body afterwards.
      if (this.failure || !this.sent.writableFinished) this.sent.destroy();
      await this.closed;
    }
  }

  private async sendBody(): Promise<void> {
    const { body, asksFirst, onSent } = this.request;
    if (!body) {
      this.sent.end();
      return;
    }
    if (asksFirst) await this.waitForContinue();
    for await (const block of body.read()) {
      if (this.hasAnswer || this.sent.destroyed) return;
      await this.write(block);
      onSent?.(block.length);
    }
    this.sent.end();
  }

  /** @returns when the block has left this process, or the exchange has ended */
  private async write(block: Uint8Array): Promise<void> {
    const written = new Promise<void>((resolve) => this.sent.write(block, () => resolve()));
    await Promise.race([written, this.closed]);
  }

  private async waitForContinue(): Promise<void> {
    this.sent.flushHeaders();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.sent.once("continue", resolve);
      this.sent.once("response", () => resolve());
      this.sent.once("close", resolve);
      timer = setTimeout(resolve, CONTINUE_MS);
    });
    clearTimeout(timer);
  }

  private async readAnswer(response: http.IncomingMessage): Promise<TransferAnswer> {
    // A byte now and then is movement, but no answer.
    const timer = setTimeout(
      () => this.fail(stallFailure(this.request, this.stallMs)),
      this.stallMs,
    );
    const blocks: Buffer[] = [];
    let size = 0;
    try {
      for await (const block of response as AsyncIterable<Buffer>) {
        size += block.length;
        if (size > MAX_ANSWER_BYTES) {
          throw new TransferError(
            "protocol",
            `The answer of ${this.request.url.origin} has more than ${MAX_ANSWER_BYTES} bytes, and is no repository's.`,
            { hint: "Check the address." },
          );
        }
        blocks.push(block);
      }
    } finally {
      clearTimeout(timer);
    }
    const { statusCode = 0, headers } = response;
    return { status: statusCode, headers, text: Buffer.concat(blocks).toString("utf8") };
  }
}
