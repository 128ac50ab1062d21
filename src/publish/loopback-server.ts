import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PublishError } from "../errors.ts";
import { parseRange } from "../system/http/byte-range.ts";
import { openIfRegular } from "./open-if-regular.ts";

/**
 * Serves the `.gvmi` files of one directory over HTTP on 127.0.0.1 while `body` runs: HEAD, GET and single
 * byte ranges, as a repository would. Nothing else of the directory is served, and no links are followed.
 *
 * @param body gets the URL of the directory, with a port of its own
 */
export async function withLoopbackServer<T>(
  directory: string,
  body: (url: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    answer(directory, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new PublishError(`Cannot serve ${directory} on 127.0.0.1: ${error.message}.`, {
          cause: error,
        }),
      );
    });
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    const { port } = server.address() as AddressInfo;
    return await body(`http://127.0.0.1:${port}/`);
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

async function answer(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const name = /^\/([\w-][\w.-]*\.gvmi)$/.exec(request.url ?? "")?.[1];
  const handle = name === undefined ? undefined : await openIfRegular(join(directory, name));
  if (!handle) {
    response.writeHead(404).end();
    return;
  }
  try {
    const { size } = await handle.stat();
    const range = parseRange(request.headers.range, size);
    if (range === "unsatisfiable") {
      response.writeHead(416, { "content-range": `bytes */${size}` }).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range ? 206 : 200, {
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      "content-type": "application/octet-stream",
      ...(range && { "content-range": `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === "HEAD" || end < start) {
      response.end();
      return;
    }
    await pipeline(handle.createReadStream({ start, end, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}
