import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { publicAddress } from "../http/public-address.ts";
import type { ImageRepository } from "../image-repository.ts";
import { RequestError } from "../request-error.ts";
import { SCRIPT, STYLE } from "./assets.ts";
import { listImages, listTags } from "./list-images.ts";
import { renderImages, renderTags } from "./render.ts";

/** Nothing but the two files below, from nowhere else, and in no frame. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

type PageRequest = FastifyRequest<{ Querystring: { page?: unknown } }>;

/** The pages for people: what is there, and how to use it. */
export function addPageRoutes(
  app: FastifyInstance,
  repository: ImageRepository,
  address: URL | undefined,
): void {
  app.get("/", async (request: PageRequest, reply) => {
    const list = await listTags(repository, pageNumber(request));
    return sendPage(reply, renderTags(list, publicAddress(request, address)));
  });
  app.get("/images", async (request: PageRequest, reply) => {
    const list = await listImages(repository, pageNumber(request));
    return sendPage(reply, renderImages(list, publicAddress(request, address)));
  });
  app.get("/assets/style.css", async (_request, reply) => reply.type("text/css").send(STYLE));
  app.get("/assets/copy.js", async (_request, reply) => reply.type("text/javascript").send(SCRIPT));
}

function pageNumber({ query }: PageRequest): number {
  const { page = "1" } = query;
  if (typeof page === "string" && /^[1-9]\d{0,5}$/.test(page)) return Number(page);
  throw new RequestError(400, "Pages are numbered from 1.");
}

function sendPage(reply: FastifyReply, text: string) {
  return reply
    .headers({
      "content-security-policy": POLICY,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    })
    .type("text/html; charset=utf-8")
    .send(text);
}
