import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const TWIRP = "/twirp/github.actions.results.api.v1.CacheService/";

interface StoredCache {
  key: string;
  version: string;
  blob: string;
  isFinal: boolean;
}

/**
 * A stand-in for GitHub's cache service (protocol version 2) and the blob store behind it, which exist
 * only inside a workflow run: entries are never replaced, and are found by key, then by prefix, newest first.
 */
export class ActionsCacheServer {
  readonly entries: StoredCache[] = [];
  readonly blobs = new Map<string, Buffer>();
  /** When set, every request is answered with this status. */
  failWith: number | undefined;
  private readonly blocks = new Map<string, Buffer>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error) => {
        response.writeHead(500).end(String(error));
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const body = await readAll(request);
    if (this.failWith !== undefined) response.writeHead(this.failWith).end("{}");
    else if (url.pathname.startsWith(TWIRP)) {
      const answer = this.call(url.pathname.slice(TWIRP.length), JSON.parse(body.toString()));
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
    } else if (request.method === "PUT") {
      this.put(url, body);
      response.writeHead(201, { ETag: '"1"', "Last-Modified": new Date().toUTCString() }).end();
    } else this.get(url, request, response);
  }

  private call(method: string, request: Record<string, unknown>): object {
    const { key, version } = request as { key: string; version: string };
    if (method === "CreateCacheEntry") {
      if (this.entries.some((entry) => entry.key === key && entry.version === version)) {
        return { ok: false };
      }
      const blob = `/blob/${this.entries.length}`;
      this.entries.push({ key, version, blob, isFinal: false });
      return { ok: true, signed_upload_url: this.url + blob };
    }
    if (method === "FinalizeCacheEntryUpload") {
      const entry = this.entries.find((candidate) => candidate.key === key);
      if (entry) entry.isFinal = true;
      return { ok: true, entry_id: "1" };
    }
    const prefixes = (request.restore_keys ?? request.restoreKeys ?? []) as string[];
    const usable = this.entries.filter((entry) => entry.isFinal && entry.version === version);
    const found =
      usable.find((entry) => entry.key === key) ??
      usable.reverse().find((entry) => prefixes.some((prefix) => entry.key.startsWith(prefix)));
    if (!found) return { ok: false };
    return { ok: true, signed_download_url: this.url + found.blob, matched_key: found.key };
  }

  /** Azure's Put Blob, Put Block and Put Block List. */
  private put(url: URL, body: Buffer): void {
    const operation = url.searchParams.get("comp");
    if (operation === "block") {
      this.blocks.set(url.pathname + url.searchParams.get("blockid"), body);
    } else if (operation === "blocklist") {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)];
      const parts = ids.map(([, id]) => this.blocks.get(url.pathname + id) ?? Buffer.alloc(0));
      this.blobs.set(url.pathname, Buffer.concat(parts));
    } else {
      this.blobs.set(url.pathname, body);
    }
  }

  private get(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const blob = this.blobs.get(url.pathname) ?? Buffer.alloc(0);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    if (from === undefined) {
      response.writeHead(200, { "Content-Length": blob.length }).end(blob);
      return;
    }
    const last = Math.min(to ? Number(to) : blob.length - 1, blob.length - 1);
    const part = blob.subarray(Number(from), last + 1);
    const range = `bytes ${from}-${last}/${blob.length}`;
    response.writeHead(206, { "Content-Length": part.length, "Content-Range": range }).end(part);
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
