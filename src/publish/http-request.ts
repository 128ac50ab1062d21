import * as http from "node:http";
import * as https from "node:https";
import { escapeControls } from "../system/display-text.ts";
import { DownloadError } from "./download-error.ts";
import { shownUrl } from "./shown-url.ts";

/** As many redirects as a provider follows. */
const MAX_REDIRECTS = 10;

/** A transfer that stands still for this long has failed. */
export const STALL_MS = 30_000;

export interface HttpRequest {
  readonly method: "GET" | "HEAD";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte until the request fails; 30 s when absent. */
  readonly stallMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** To be read to its end, or destroyed. */
  readonly body: http.IncomingMessage;
  /** Where redirects led. */
  readonly url: string;
  readonly redirects: number;
  /** Whether one of them was to a relative place. */
  readonly isRelative: boolean;
}

/**
 * Sends a request as a provider does: anonymous, without cookies or compression, and following up to ten
 * redirects by `Location`. User and password in a URL are sent as HTTP Basic.
 *
 * @throws {DownloadError} when no answer comes, or a redirect leads nowhere
 * @throws the abort reason
 */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  let url = parseUrl(request.url);
  let isRelative = false;
  for (let redirects = 0; ; redirects++) {
    const body = await sendOnce({ ...request, url: url.href });
    const status = body.statusCode ?? 0;
    const { location } = body.headers;
    if (![301, 302, 303, 307, 308].includes(status) || location === undefined) {
      return { status, headers: body.headers, body, url: url.href, redirects, isRelative };
    }
    body.destroy();
    if (redirects === MAX_REDIRECTS) {
      throw new DownloadError(
        "redirects",
        `${request.method} ${shownUrl(request.url)} is redirected more than ${MAX_REDIRECTS} times, and providers give up then.`,
        {
          hint: "Publish the URL that the redirects lead to.",
          details: `Last: ${escapeControls(shownUrl(location))}`,
        },
      );
    }
    isRelative ||= !URL.canParse(location);
    url = parseUrl(location, url);
  }
}

function parseUrl(text: string, base?: URL): URL {
  let url: URL | undefined;
  try {
    url = new URL(text, base);
  } catch {
    // Reported below, together with other protocols.
  }
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  const origin = base ? `${shownUrl(base.href)} is redirected to` : "The image's URL is";
  throw new DownloadError(
    "redirects",
    `${origin} ${JSON.stringify(shownUrl(text))}, which no provider can download.`,
    {
      hint: "Providers download from http and https URLs only.",
    },
  );
}

async function sendOnce(request: HttpRequest): Promise<http.IncomingMessage> {
  const { method, url, headers = {}, signal, stallMs = STALL_MS } = request;
  signal?.throwIfAborted();
  const send = url.startsWith("https:") ? https.request : http.request;
  return await new Promise((resolve, reject) => {
    // Connections are not kept: none may outlive the check.
    const sent = send(url, { method, headers, agent: false, ...(signal && { signal }) });
    let answer: http.IncomingMessage | undefined;
    // Headers that drip are no movement, and neither is waiting for a connection.
    const timer = setTimeout(() => sent.destroy(stalled(request, stallMs)), stallMs);
    sent.once("close", () => clearTimeout(timer));
    sent.setTimeout(stallMs, () => (answer ?? sent).destroy(stalled(request, stallMs)));
    sent.once("response", (response) => {
      answer = response;
      clearTimeout(timer);
      resolve(response);
    });
    // Stays for errors behind the answer, which its reader sees as well.
    sent.on("error", (error) => reject(explain(request, error)));
    sent.end();
  });
}

function stalled({ method, url }: HttpRequest, milliseconds: number): DownloadError {
  return new DownloadError(
    "stalled",
    `${method} ${shownUrl(url)} stands still: nothing arrived for ${milliseconds / 1000} s.`,
    { hint: "Check the server and the network, and try again." },
  );
}

function explain({ method, url, signal }: HttpRequest, error: Error): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof DownloadError) return error;
  return new DownloadError("unreachable", `${method} ${shownUrl(url)} failed: ${error.message}.`, {
    hint: "Check that the server is running and can be reached from everywhere.",
    cause: error,
  });
}
