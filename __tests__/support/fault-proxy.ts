import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import { startServer, type TestServer } from "./http-server.ts";

/** What goes wrong with one request. Counts of bytes are of the request's body. */
export type Fault =
  /** The connection is reset when so much has come; the server behind sees nothing. */
  | { readonly kind: "reset"; readonly afterBytes: number }
  /** The server gets the request, and its answer is lost. */
  | { readonly kind: "lose-answer" }
  /** Nothing more is read, nor answered. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** The right answer comes, byte by byte. */
  | { readonly kind: "drip"; readonly everyMs: number }
  /** One bit is flipped near the end of the body. */
  | { readonly kind: "corrupt" }
  /** Answered here, once the body has come, or before that. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly isEarly?: boolean;
    };

export interface FaultProxy extends TestServer {
  /** Requests that came, as `POST v1/image/push/chunk`. */
  readonly requests: string[];
}

/**
 * Stands in front of a server and does to requests what `faultOf` says; the others go through.
 *
 * @param faultOf is told the request as `POST v1/image/push/chunk`, and how many of that name came before
 * @param nameOf what a request is called instead
 */
export async function startFaultProxy(
  target: string,
  faultOf: (request: string, earlier: number) => Fault | undefined,
  nameOf: (request: IncomingMessage) => string = plainName,
): Promise<FaultProxy> {
  const requests: string[] = [];
  const server = await startServer((request, response) => {
    const name = nameOf(request);
    const earlier = requests.filter((seen) => seen === name).length;
    requests.push(name);
    handle(target, request, response, faultOf(name, earlier)).catch(() => response.destroy());
  });
  return { ...server, requests };
}

const plainName = ({ method, url = "/" }: IncomingMessage) =>
  `${method} ${url.slice(1).replace(/\?.*/, "")}`;

async function handle(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.kind === "answer" && fault.isEarly) return answer(response, fault);
  const blocks: Buffer[] = [];
  let size = 0;
  const cut = fault?.kind === "reset" || fault?.kind === "stall" ? fault.afterBytes : undefined;
  for await (const block of request.iterator({ destroyOnReturn: false })) {
    blocks.push(block);
    size += block.length;
    if (cut !== undefined && size >= cut) break;
  }
  if (fault?.kind === "stall") {
    // Held until the client gives up.
    request.pause();
    await once(response, "close");
    return;
  }
  if (fault?.kind === "reset") {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === "answer") return answer(response, fault);
  const body = Buffer.concat(blocks);
  if (fault?.kind === "corrupt" && body.length > 0) {
    // Behind it is only the end of the form, of less than a hundred bytes.
    const at = Math.max(0, body.length - 100);
    body.writeUInt8(body.readUInt8(at) ^ 1, at);
  }
  await forward(target, request, body, response, fault);
}

async function forward(
  target: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  // The host stays what the client sees, which may have signed it.
  const { expect: _, connection: __, ...headers } = request.headers;
  const sent = sendRequest(new URL(request.url ?? "/", target), {
    method: request.method ?? "GET",
    headers,
    agent: false,
  });
  sent.end(body);
  const [reply] = (await once(sent, "response")) as [IncomingMessage];
  const blocks: Buffer[] = [];
  for await (const block of reply) blocks.push(block);
  if (fault?.kind === "lose-answer") {
    request.socket.resetAndDestroy();
    return;
  }
  response.writeHead(reply.statusCode ?? 500, reply.headers);
  if (fault?.kind !== "drip") {
    response.end(Buffer.concat(blocks));
    return;
  }
  for (const byte of Buffer.concat(blocks)) {
    if (response.destroyed) return;
    response.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, fault.everyMs));
  }
  response.end();
}

function answer(response: ServerResponse, fault: Extract<Fault, { kind: "answer" }>): void {
  response.writeHead(fault.status, fault.headers).end(fault.body);
}
