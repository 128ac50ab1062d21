import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseRange } from "../../src/system/http/byte-range.ts";
import { startServer, type TestServer } from "./http-server.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

interface StoredImage {
  readonly descriptor: Buffer;
  readonly chunks: Map<number, Buffer>;
}

/**
 * A registry in memory that is as strict as the clients allow: what they need not send right it refuses.
 * Tests look into it, and take things out of it.
 */
export class TestRegistry {
  /** By the descriptor's SHA-256. */
  readonly images = new Map<string, StoredImage>();
  /** From `user/repository:tag` to the descriptor's SHA-256. */
  readonly tags = new Map<string, string>();
  readonly tokens = new Map([["alice", "s3cret-token"]]);
  /** Requests as `POST v1/image/push/chunk`, without queries. */
  readonly requests: string[] = [];
  /** How often a complete image is still said to be incomplete. */
  pollsUntilFull = 0;
  /** Called before a request is answered, which waits for it. */
  onRequest: (request: string) => void | Promise<void> = () => {};
  private server: TestServer | undefined;

  async start(port = 0): Promise<this> {
    this.server = await startServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    }, port);
    return this;
  }

  get url(): string {
    return this.server?.url ?? "";
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  count(request: string): number {
    return this.requests.filter((seen) => seen.startsWith(request)).length;
  }

  /** The whole image, or undefined while chunks are missing. */
  contents(digest: string | undefined): Buffer | undefined {
    const image = this.images.get(digest ?? "");
    if (!image || image.chunks.size < chunkCount(image)) return undefined;
    return Buffer.concat([...image.chunks].sort(([a], [b]) => a - b).map(([, bytes]) => bytes));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://registry");
    const path = pathname.slice(1);
    const name = `${request.method} ${path}`;
    this.requests.push(name);
    const body = await readBody(request);
    await this.onRequest(name);
    const digest = path.split("/").at(-1) ?? "";
    if (path.startsWith("download/")) {
      this.download(digest, request, response);
      return;
    }
    const [status, value] = this.route(name, digest, searchParams, request, body);
    const isText = typeof value === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json" });
    response.end(isText ? value : JSON.stringify(value));
  }

  private route(
    name: string,
    digest: string,
    query: URLSearchParams,
    request: IncomingMessage,
    body: Buffer,
  ): Answer {
    if (name === "POST auth/pat/login") return this.login(body);
    if (name === "POST v1/image/push/descr") return this.pushDescriptor(request, body);
    if (name === "POST v1/image/push/chunk") return this.pushChunk(request, body);
    if (name.startsWith("POST v1/image/descr/attach/")) {
      return this.attach(digest, formFields(request, body));
    }
    if (name.startsWith("GET v1/image/descr/")) return this.status(digest);
    if (name === "GET v1/image/info") return this.info(query);
    return reply(404, "no such path");
  }

  private login(body: Buffer): Answer {
    const { username, password } = JSON.parse(body.toString());
    if (this.tokens.get(username) === password) return reply(200, "welcome");
    return reply(401, `bad credentials: ${username} ${password}`);
  }

  private status(digest: string): Answer {
    const image = this.images.get(digest);
    if (!image) return reply(404, { descriptor: "unknown" });
    const chunks = Array.from({ length: chunkCount(image) }, (_, n) =>
      image.chunks.has(n) ? 1 : 0,
    );
    const isWhole = !chunks.includes(0);
    const isFull = isWhole && this.pollsUntilFull-- <= 0;
    return reply(200, {
      descriptor: "ok",
      version: 1,
      status: isFull ? "full" : "partial",
      chunks,
    });
  }

  private pushDescriptor(request: IncomingMessage, body: Buffer): Answer {
    const { file } = formFields(request, body);
    if (!file || file.length < 52) return reply(400, "not a descriptor");
    const digest = sha256(file);
    if (!this.images.has(digest)) this.images.set(digest, { descriptor: file, chunks: new Map() });
    return reply(200, "stored");
  }

  private pushChunk(request: IncomingMessage, body: Buffer): Answer {
    const fields = formFields(request, body);
    const image = this.images.get(`${fields["descr-sha256"]}`);
    if (!image) return reply(404, "no such descriptor");
    const number = Number(`${fields["chunk-no"]}`);
    const expected = image.descriptor.toString("hex", 52 + number * 32, 84 + number * 32);
    const { file = Buffer.alloc(0) } = fields;
    const isRight =
      sha256(file) === expected &&
      `${fields["chunk-sha256"]}` === expected &&
      `${fields["chunk-len"]}` === `${file.length}` &&
      `${fields["chunk-pos"]}` === `${number * Number(image.descriptor.readBigUInt64BE(16))}`;
    if (!isRight) return reply(400, `chunk ${number} is damaged`);
    image.chunks.set(number, file);
    return reply(200, "stored");
  }

  private attach(digest: string, fields: Fields): Answer {
    const text = (name: string) => `${fields[name] ?? ""}`;
    if (this.tokens.get(text("login")) !== text("token")) {
      return reply(401, `token ${text("token")} has expired`);
    }
    if (text("username") !== text("login")) return reply(403, "not your repository");
    if (!this.images.has(digest)) return reply(404, "no such image");
    if (text("check") !== "true") {
      this.tags.set(`${text("username")}/${text("repository")}:${text("tag")}`, digest);
    }
    return reply(200, "ok");
  }

  private info(query: URLSearchParams): Answer {
    const byHash = [...this.images].find(([, image]) => sha3Of(image) === query.get("hash"))?.[0];
    const digest = this.tags.get(query.get("tag") ?? "") ?? byHash ?? "";
    const image = this.images.get(digest);
    if (!image) return reply(404, "not found");
    return reply(200, { sha3: sha3Of(image), http: `${this.url}/download/${digest}` });
  }

  private download(digest: string, request: IncomingMessage, response: ServerResponse): void {
    const contents = this.contents(digest);
    if (!contents) {
      response.writeHead(404).end();
      return;
    }
    const range = parseRange(request.headers.range, contents.length);
    const { start, end } =
      range && range !== "unsatisfiable" ? range : { start: 0, end: contents.length - 1 };
    response.writeHead(range ? 206 : 200, {
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      ...(range && { "content-range": `bytes ${start}-${end}/${contents.length}` }),
    });
    response.end(request.method === "HEAD" ? undefined : contents.subarray(start, end + 1));
  }
}

type Answer = readonly [status: number, value: unknown];

const reply = (status: number, value: unknown): Answer => [status, value];

type Fields = Record<string, Buffer>;

function chunkCount({ descriptor }: StoredImage): number {
  return (descriptor.length - 52) / 32;
}

function sha3Of({ descriptor }: StoredImage): string {
  return descriptor.toString("hex", 24, 52);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block);
  return Buffer.concat(blocks);
}

/** The parts of a form by name (RFC 7578), for the little that clients send. */
function formFields(request: IncomingMessage, body: Buffer): Fields {
  const boundary = /boundary=(\S+)/.exec(request.headers["content-type"] ?? "")?.[1] ?? "";
  const fields: Fields = {};
  const separator = `\r\n--${boundary}`;
  // Before the first part there is no line break.
  const text = Buffer.concat([Buffer.from("\r\n"), body]);
  let at = text.indexOf(separator);
  for (let next = 0; next !== -1; at = next) {
    next = text.indexOf(separator, at + separator.length);
    if (next === -1) break;
    const part = text.subarray(at + separator.length + 2, next);
    const head = part.indexOf("\r\n\r\n");
    const name = /name="([^"]+)"/.exec(part.toString("latin1", 0, head))?.[1] ?? "";
    fields[name] = part.subarray(head + 4);
  }
  return fields;
}
