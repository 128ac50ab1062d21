import * as http from "node:http";
import * as https from "node:https";
import { isLoopback } from "../../system/http/loopback.ts";

const MAX_REDIRECTS = 10;

export interface HttpGetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether http is good enough for another host than this machine: when the digest of the content is known. */
  readonly allowsPlainHttp: boolean;
  /** Milliseconds without a byte until the transfer fails. */
  readonly stallMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A download that failed; the message is the end of a sentence. */
export class HttpProblem extends Error {
  /**
   * @param isTemporary whether another attempt may succeed
   * @param retryAfterMs what the server asks for
   */
  constructor(
    message: string,
    readonly isTemporary: boolean,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/**
 * Asks for a URL, anonymously and without compression, and follows redirects.
 *
 * @returns the answer, whatever its status; its body is to be read to its end or destroyed
 * @throws {HttpProblem} when no answer comes or a redirect leads where it must not
 * @throws the abort reason
 */
export async function httpGet(start: URL, options: HttpGetOptions): Promise<http.IncomingMessage> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    checkUrl(url, options.allowsPlainHttp);
    const answer = await requestOnce(url, options);
    const { location } = answer.headers;
    const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
    if (!isRedirect || location === undefined) return answer;
    answer.destroy();
    if (!URL.canParse(location, url.href)) {
      throw new HttpProblem(`the server redirects to ${JSON.stringify(location)}`, false);
    }
    url = new URL(location, url);
  }
  throw new HttpProblem(`there are more than ${MAX_REDIRECTS} redirects`, false);
}

function checkUrl(url: URL, allowsPlainHttp: boolean): void {
  if (url.protocol === "https:") return;
  if (url.protocol !== "http:") {
    throw new HttpProblem(`${displayUrl(url)} is neither http nor https`, false);
  }
  if (allowsPlainHttp || isLoopback(url)) return;
  throw new HttpProblem(
    `${displayUrl(url)} is not encrypted, so what it sends can be trusted only with a sha256`,
    false,
  );
}

/** A URL without what may be secret: user, password and query. */
export function displayUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

async function requestOnce(url: URL, options: HttpGetOptions): Promise<http.IncomingMessage> {
  const { headers, signal, stallMs } = options;
  signal?.throwIfAborted();
  const get = url.protocol === "https:" ? https.get : http.get;
  return await new Promise((resolve, reject) => {
    const request = get(url, {
      headers: { "user-agent": "golem-image", "accept-encoding": "identity", ...headers },
      // Connections are not kept: none may outlive the download.
      agent: false,
      // From here, and not from when it is connected: a firewall may let it wait for minutes.
      timeout: stallMs,
      ...(signal && { signal }),
    });
    let answer: http.IncomingMessage | undefined;
    request.on("timeout", () => (answer ?? request).destroy(stalled(stallMs)));
    request.once("response", (response) => {
      answer = response;
      resolve(response);
    });
    request.on("error", (error) => reject(asProblem(error, signal)));
  });
}

/** The chunks of an answer's body, with its errors as HttpProblems. */
export async function* readBody(
  body: http.IncomingMessage,
  { stallMs, signal }: HttpGetOptions,
): AsyncGenerator<Buffer> {
  let windowStart = performance.now();
  let windowBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      yield chunk;
      windowBytes += chunk.length;
      if (performance.now() - windowStart < stallMs) continue;
      // A server that sends a byte now and then stands still, too.
      if (windowBytes < MIN_WINDOW_BYTES) throw stalled(stallMs);
      windowStart = performance.now();
      windowBytes = 0;
    }
  } catch (error) {
    throw asProblem(error, signal);
  } finally {
    body.destroy();
  }
}

/** What must arrive at least within the time of a stall. */
const MIN_WINDOW_BYTES = 16 * 1024;

function stalled(milliseconds: number): HttpProblem {
  return new HttpProblem(`next to nothing arrived for ${milliseconds / 1000} s`, true);
}

function asProblem(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof HttpProblem) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ECONNRESET") return new HttpProblem("the connection broke", true);
  return new HttpProblem(message || (code ?? "no connection"), true);
}
