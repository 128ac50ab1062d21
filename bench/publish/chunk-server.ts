import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * The least that can stand for a registry: it keeps the descriptor of one image, hashes the chunks that come and
 * writes each to its place in a file. Run as a process of its own with that file's path; prints its URL.
 */
const DESCRIPTOR_HEADER = 52;
const DIGEST_BYTES = 32;

async function main(path: string): Promise<void> {
  const file = await open(path, "w");
  let descriptor: Buffer | undefined;
  const chunks = new Map<number, number>();
  let url = "";

  const status = (digest: string) => {
    if (!descriptor || createHash("sha256").update(descriptor).digest("hex") !== digest) {
      return { descriptor: "unknown" };
    }
    const count = (descriptor.length - DESCRIPTOR_HEADER) / DIGEST_BYTES;
    const bitmap = Array.from({ length: count }, (_, number) => chunks.get(number) ?? 0);
    return { descriptor: "ok", status: bitmap.includes(0) ? "partial" : "full", chunks: bitmap };
  };

  const takeChunk = async (request: IncomingMessage): Promise<number> => {
    const form = await FormFile.open(request);
    let position = Number(form.fields.get("chunk-pos"));
    const hash = createHash("sha256");
    for await (const block of form.content(Number(form.fields.get("chunk-len")))) {
      hash.update(block);
      await file.write(block, 0, block.length, position);
      position += block.length;
    }
    if (hash.digest("hex") !== form.fields.get("chunk-sha256")) return 400;
    chunks.set(Number(form.fields.get("chunk-no")), 1);
    return 200;
  };

  const server = createServer(async (request, response) => {
    const reply = (code: number, value: unknown = "ok") =>
      response
        .writeHead(code, { "content-type": "application/json" })
        .end(`${JSON.stringify(value)}`);
    const { pathname } = new URL(request.url ?? "/", url);
    const digest = pathname.split("/").at(-1) ?? "";
    if (pathname === "/v1/image/push/chunk") {
      reply(await takeChunk(request));
    } else if (pathname === "/v1/image/push/descr") {
      const form = await FormFile.open(request);
      const blocks: Buffer[] = [];
      for await (const block of form.content(Number.POSITIVE_INFINITY)) blocks.push(block);
      const body = Buffer.concat(blocks);
      descriptor = Buffer.from(body.subarray(0, body.lastIndexOf("\r\n--")));
      reply(200);
    } else if (pathname === "/v1/image/info") {
      const sha3 = descriptor?.toString("hex", 24, DESCRIPTOR_HEADER);
      reply(200, { sha3, http: `${url}/download/x` });
    } else {
      reply(200, status(digest));
    }
  });
  server.listen(0, "127.0.0.1", () => {
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    console.log(url);
  });
}

/** A form whose file comes last, as all clients send it; the file is read while it arrives. */
class FormFile {
  private constructor(
    readonly fields: ReadonlyMap<string, string>,
    private readonly first: Buffer,
    private readonly rest: AsyncIterator<Buffer>,
  ) {}

  static async open(request: IncomingMessage): Promise<FormFile> {
    const rest: AsyncIterator<Buffer> = request[Symbol.asyncIterator]();
    let head: Buffer = Buffer.alloc(0);
    for (;;) {
      const { value, done } = await rest.next();
      if (done) throw new Error("The form ended before its file.");
      head = Buffer.concat([head, value]);
      const end = head.indexOf("\r\n\r\n", Math.max(0, head.indexOf('name="file"')));
      if (!head.includes('name="file"') || end === -1) continue;
      const fields = new Map<string, string>();
      const text = head.toString("latin1", 0, end);
      for (const [, name = "", value = ""] of text.matchAll(/name="([^"]+)"\r\n\r\n(.*)\r\n/g)) {
        fields.set(name, value);
      }
      return new FormFile(fields, head.subarray(end + 4), rest);
    }
  }

  /** @param length of the file in bytes; what ends the form comes behind it */
  async *content(length: number): AsyncGenerator<Buffer> {
    let left = length;
    let block = this.first;
    for (;;) {
      const part = block.subarray(0, left);
      left -= part.length;
      if (part.length > 0) yield part;
      const { value, done } = await this.rest.next();
      if (done) return;
      block = value;
    }
  }
}

main(process.argv[2] ?? "");
