import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { parseRange } from "../../system/http/byte-range.ts";
import { isDescriptorDigest } from "../descriptor.ts";
import type { CompleteImage, ImageRepository } from "../image-repository.ts";
import { RequestError } from "../request-error.ts";
import { downloadUrl, publicAddress } from "./public-address.ts";
import { readTag } from "./user-routes.ts";

interface InfoQuery {
  readonly Querystring: { readonly tag?: unknown; readonly hash?: unknown };
}

/** How requestors and providers find images and get them. Other parameters of a question say nothing here. */
export function addDownloadRoutes(
  app: FastifyInstance,
  repository: ImageRepository,
  address: URL | undefined,
): void {
  app.get<InfoQuery>("/v1/image/info", async (request, reply) => {
    const { tag, hash } = request.query;
    const image = await find(repository, tag, hash);
    if (!image) throw new RequestError(404, "There is no such image.");
    const url = downloadUrl(publicAddress(request, address), image.digest);
    return reply.header("cache-control", "no-store").send({
      sha3: image.hash,
      size: image.size,
      // Requestors that do not ask for encryption read this one, whatever its scheme is.
      http: url,
      ...(url.startsWith("https:") && { https: url }),
    });
  });

  app.route<{ Params: { digest: string } }>({
    method: ["GET", "HEAD"],
    url: "/download/:digest",
    handler: async (request, reply) => {
      const { digest } = request.params;
      const image = isDescriptorDigest(digest) ? await repository.complete(digest) : undefined;
      if (!image) throw new RequestError(404, "There is no such image.");
      return sendImage(repository, image, request, reply);
    },
  });
}

async function find(repository: ImageRepository, tag: unknown, hash: unknown) {
  if (typeof tag === "string" && hash === undefined) return repository.findTag(readTag(tag));
  if (typeof hash === "string" && tag === undefined) {
    return repository.findHash(hash.toLowerCase());
  }
  throw new RequestError(400, "Ask for either a tag or a hash.");
}

/** RFC 9110: ranges (14), conditions (13). What a descriptor names never changes. */
function sendImage(
  repository: ImageRepository,
  image: CompleteImage,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { headers } = request;
  const tag = `"${image.hash}"`;
  // HTTP dates have no fractions.
  const modified = Math.floor(image.modified.getTime() / 1000) * 1000;
  reply.headers({
    etag: tag,
    "last-modified": new Date(modified).toUTCString(),
    "accept-ranges": "bytes",
    "cache-control": "public, max-age=31536000, immutable",
    "content-disposition": `attachment; filename="${image.hash}.gvmi"`,
  });
  const condition = headers["if-match"];
  if (condition !== undefined && !listsTag(condition, tag)) return reply.code(412).send();
  if (isUnchanged(headers, tag, modified)) return reply.code(304).send();
  const wanted = isRangeWanted(headers, tag, modified) ? headers.range : undefined;
  const range = parseRange(request.method === "GET" ? wanted : undefined, image.size);
  if (range === "unsatisfiable") {
    return reply.code(416).header("content-range", `bytes */${image.size}`).send();
  }
  const { start, end } = range ?? { start: 0, end: image.size - 1 };
  if (range) reply.code(206).header("content-range", `bytes ${start}-${end}/${image.size}`);
  reply.type("application/octet-stream").header("content-length", end - start + 1);
  if (request.method === "HEAD") return reply.send();
  return reply.send(Readable.from(repository.read(image, { start, end }), { objectMode: false }));
}

type Headers = FastifyRequest["headers"];

function isUnchanged(headers: Headers, tag: string, modified: number): boolean {
  const known = headers["if-none-match"];
  if (known !== undefined) return listsTag(known, tag);
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return !Number.isNaN(since) && modified <= since;
}

/** A client that has a part of something else wants all of this. */
function isRangeWanted(headers: Headers, tag: string, modified: number): boolean {
  const condition = headers["if-range"];
  if (typeof condition !== "string") return true;
  return condition === tag || Date.parse(condition) === modified;
}

function listsTag(list: string, tag: string): boolean {
  return list.split(",").some((item) => {
    const known = item.trim().replace(/^W\//, "");
    return known === "*" || known === tag;
  });
}
