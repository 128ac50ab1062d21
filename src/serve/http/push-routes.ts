import type { FastifyInstance } from "fastify";
import { isDescriptorDigest, MAX_DESCRIPTOR_BYTES } from "../descriptor.ts";
import type { ImageRepository } from "../image-repository.ts";
import { RequestError } from "../request-error.ts";
import { type FormFields, readForm } from "./read-form.ts";

interface DigestParams {
  readonly Params: { readonly digest: string };
}

/** How images come: their descriptors, what is there of them, and their chunks. */
export function addPushRoutes(
  app: FastifyInstance,
  repository: ImageRepository,
  limits: { readonly chunkBytes: number },
): void {
  app.get<DigestParams>("/v1/image/descr/:digest", async (request, reply) => {
    const { digest } = request.params;
    const status = isDescriptorDigest(digest) ? await repository.status(digest) : undefined;
    if (!status) {
      return reply.code(404).send({ descriptor: "unknown", status: "unknown", chunks: [] });
    }
    const { isFull, chunks } = status;
    return {
      descriptor: "ok",
      version: 1,
      status: isFull ? "full" : "partial",
      chunks: chunks.map(Number),
    };
  });

  app.post("/v1/image/push/descr", async (request, reply) => {
    let digest = "";
    await readForm(request.raw, MAX_DESCRIPTOR_BYTES, async (_fields, content) => {
      const bytes = await readAll(content);
      digest = (await repository.pushDescriptor(bytes)).digest;
    });
    return reply.type("text/plain").send(digest);
  });

  app.post("/v1/image/push/chunk", async (request, reply) => {
    await readForm(request.raw, limits.chunkBytes, async (fields, content) => {
      const said = {
        sha256: textOf(fields, "chunk-sha256").toLowerCase(),
        start: numberOf(fields, "chunk-pos"),
        length: numberOf(fields, "chunk-len"),
      };
      const digest = textOf(fields, "descr-sha256").toLowerCase();
      if (!isDescriptorDigest(digest)) throw new RequestError(400, "descr-sha256 is no digest.");
      await repository.pushChunk(digest, numberOf(fields, "chunk-no"), said, content);
    });
    return reply.type("text/plain").send("ok");
  });
}

async function readAll(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of content) blocks.push(block);
  return Buffer.concat(blocks);
}

function textOf(fields: FormFields, name: string): string {
  const text = fields.get(name);
  if (text === undefined) throw new RequestError(400, `The field ${name} has to come first.`);
  return text;
}

function numberOf(fields: FormFields, name: string): number {
  const text = textOf(fields, name);
  if (!/^\d{1,15}$/.test(text)) throw new RequestError(400, `The field ${name} is no number.`);
  return Number(text);
}
