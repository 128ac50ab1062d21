import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseRange } from "../../src/system/http/byte-range.ts";
import { startServer, type TestServer } from "./http-server.ts";

export interface TestAsset {
  readonly id: number;
  name: string;
  bytes: Buffer;
  state: "uploaded" | "starter";
}

interface TestRelease {
  readonly id: number;
  readonly tag: string;
  readonly commit: string | undefined;
  readonly assets: TestAsset[];
}

/**
 * A double of GitHub's releases, made after their documentation, since the real ones need an account: the API,
 * the uploads (at the same host, as an Enterprise Server has them), and the downloads with their redirect.
 */
export class TestGithub {
  readonly releases: TestRelease[] = [];
  /** Requests as `POST /repos/o/r/releases`, without queries. */
  readonly requests: string[] = [];
  /** Older servers tell no digests. */
  hasDigests = true;
  /** Answers a request in place of the double. */
  fault: (name: string, response: ServerResponse, earlier: number) => boolean = () => false;
  /** The host of uploads, when it is not this one. */
  uploadOrigin: string | undefined;
  private server: TestServer | undefined;
  /** Keeps other bytes than it is sent. */
  isDamaging = false;
  private lastId = 0;

  constructor(
    private readonly token: string,
    private readonly repository = "alice/images",
  ) {}

  async start(): Promise<this> {
    this.server = await startServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
    });
    return this;
  }

  get url(): string {
    return this.server?.url ?? "";
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  addRelease(tag: string, commit?: string): TestRelease {
    const release = { id: ++this.lastId, tag, commit, assets: [] };
    this.releases.push(release);
    return release;
  }

  addAsset(release: TestRelease, name: string, bytes: Buffer): TestAsset {
    const asset: TestAsset = { id: ++this.lastId, name, bytes, state: "uploaded" };
    release.assets.push(asset);
    return asset;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const name = `${request.method} ${pathname}`;
    const earlier = this.requests.filter((seen) => seen === name).length;
    this.requests.push(name);
    if (this.fault(name, response, earlier)) return undefined;
    const blocks: Buffer[] = [];
    for await (const block of request) blocks.push(block);
    const body = Buffer.concat(blocks);
    if (pathname.includes("/releases/download/")) return this.redirectDownload(pathname, response);
    if (pathname.startsWith("/storage/")) return this.download(pathname, request, response);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return json(response, 401, { message: "Bad credentials" });
    }
    const root = `/api/v3/repos/${this.repository}/releases`;
    const uploads = `/api/uploads/repos/${this.repository}/releases`;
    if (pathname.startsWith(uploads)) {
      const id = Number(/\/releases\/(\d+)\/assets$/.exec(pathname)?.[1]);
      return this.upload(id, searchParams.get("name") ?? "", body, response);
    }
    if (!pathname.startsWith(root)) return json(response, 404, { message: "Not Found" });
    return this.callApi(
      request.method ?? "",
      pathname.slice(root.length),
      searchParams,
      body,
      response,
    );
  }

  private callApi(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Buffer,
    response: ServerResponse,
  ): ServerResponse {
    const tag = /^\/tags\/(.+)$/.exec(path)?.[1];
    if (method === "GET" && tag !== undefined) {
      const release = this.releases.find((one) => one.tag === decodeURIComponent(tag));
      if (!release) return json(response, 404, { message: "Not Found" });
      return json(response, 200, this.describe(release));
    }
    if (method === "POST" && path === "") {
      const { tag_name, target_commitish } = JSON.parse(body.toString());
      if (this.releases.some((one) => one.tag === tag_name)) {
        return json(response, 422, { errors: [{ code: "already_exists" }] });
      }
      return json(response, 201, this.describe(this.addRelease(tag_name, target_commitish)));
    }
    const release = this.releases.find((one) => path === `/${one.id}/assets`);
    if (method === "GET" && release) {
      const [page, size] = [Number(query.get("page")), Number(query.get("per_page"))];
      const assets = release.assets.slice((page - 1) * size, page * size);
      return json(
        response,
        200,
        assets.map((asset) => this.describeAsset(release, asset)),
      );
    }
    const id = Number(/^\/assets\/(\d+)$/.exec(path)?.[1]);
    const owner = this.releases.find(({ assets }) => assets.some((one) => one.id === id));
    const asset = owner?.assets.find((one) => one.id === id);
    if (!owner || !asset) return json(response, 404, { message: "Not Found" });
    if (method === "DELETE") {
      owner.assets.splice(owner.assets.indexOf(asset), 1);
      return response.writeHead(204).end();
    }
    asset.name = JSON.parse(body.toString()).name;
    return json(response, 200, this.describeAsset(owner, asset));
  }

  private upload(id: number, name: string, body: Buffer, response: ServerResponse): ServerResponse {
    const release = this.releases.find((one) => one.id === id);
    if (!release) return json(response, 404, { message: "Not Found" });
    if (release.assets.some((asset) => asset.name === name)) {
      return json(response, 422, { errors: [{ code: "already_exists" }] });
    }
    if (this.isDamaging) body[0] = (body[0] ?? 0) ^ 1;
    return json(response, 201, this.describeAsset(release, this.addAsset(release, name, body)));
  }

  private describe({ id, tag }: TestRelease): object {
    const uploads = `${this.uploadOrigin ?? this.url}/api/uploads/repos/${this.repository}`;
    return {
      id,
      tag_name: tag,
      draft: false,
      upload_url: `${uploads}/releases/${id}/assets{?name,label}`,
    };
  }

  private describeAsset({ tag }: TestRelease, { id, name, bytes, state }: TestAsset): object {
    return {
      ...{ id, name, state, size: bytes.length },
      digest: this.hasDigests ? `sha256:${createHash("sha256").update(bytes).digest("hex")}` : null,
      browser_download_url: `${this.url}/${this.repository}/releases/download/${tag}/${name}`,
    };
  }

  private redirectDownload(pathname: string, response: ServerResponse): void {
    const [, tag = "", name = ""] = /\/download\/(.+)\/([^/]+)$/.exec(pathname) ?? [];
    const asset = this.releases
      .find((one) => one.tag === decodeURIComponent(tag))
      ?.assets.find((one) => one.name === name);
    if (!asset) response.writeHead(404).end("Not Found");
    else response.writeHead(302, { location: `${this.url}/storage/${asset.id}` }).end();
  }

  private download(pathname: string, request: IncomingMessage, response: ServerResponse): void {
    const id = Number(pathname.slice("/storage/".length));
    const bytes = this.releases.flatMap(({ assets }) => assets).find((one) => one.id === id)?.bytes;
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    const range = parseRange(request.headers.range, bytes.length);
    const { start, end } = typeof range === "object" ? range : { start: 0, end: bytes.length - 1 };
    response.writeHead(range ? 206 : 200, {
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      ...(range && { "content-range": `bytes ${start}-${end}/${bytes.length}` }),
    });
    response.end(request.method === "HEAD" ? undefined : bytes.subarray(start, end + 1));
  }
}

function json(response: ServerResponse, status: number, value: object): ServerResponse {
  return response
    .writeHead(status, { "content-type": "application/json" })
    .end(JSON.stringify(value));
}
