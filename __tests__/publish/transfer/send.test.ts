import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { bytesBody, multipartForm } from "../../../src/publish/transfer/multipart.ts";
import { send, type TransferRequest } from "../../../src/publish/transfer/send.ts";
import { startServer } from "../../support/http-server.ts";
import { testBytes } from "../image-file.ts";

const MIB = 1024 ** 2;

/** Posts to a server that behaves as it is told. */
async function post(listener: RequestListener, options: Partial<TransferRequest>) {
  const server = await startServer(listener);
  try {
    return await send({ method: "POST", url: new URL(server.url), ...options });
  } finally {
    await server.close();
  }
}

/** More than the kernel keeps on the way. */
const large = () => ({
  size: 64 * MIB,
  async *read() {
    const block = Buffer.alloc(MIB);
    for (let count = 0; count < 64; count++) yield block;
  },
});

test("a server that stops reading is a stall", async () => {
  const started = performance.now();
  const sending = post((request) => request.pause(), { body: large(), stallMs: 200 });
  await expect(sending).rejects.toMatchObject({ failure: "stalled", isTransient: true });
  expect(performance.now() - started).toBeLessThan(5000);
});

test("a server that reads slowly is not, and what was sent is told", async () => {
  let received = 0;
  let sent = 0;
  const { status } = await post(
    async (request, response) => {
      for await (const block of request) {
        received += block.length;
        // In all much longer than the stall.
        if (received < 20 * MIB) await new Promise((resolve) => setTimeout(resolve, 8));
      }
      response.end();
    },
    {
      body: large(),
      stallMs: 1500,
      onSent: (bytes) => {
        sent += bytes;
      },
    },
  );
  expect({ status, received, sent }).toEqual({ status: 200, received: 64 * MIB, sent: 64 * MIB });
});

test("an abort ends a transfer at once, with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  let isGone: Promise<unknown> | undefined;
  const sending = post(
    (request) => {
      isGone = once(request.socket, "close");
      request.once("data", () => {
        request.pause();
        controller.abort(reason);
      });
    },
    { body: large(), signal: controller.signal },
  );
  await expect(sending).rejects.toBe(reason);
  await isGone;
});

test("an error of the body is the transfer's, and the server never gets the end", async () => {
  const error = new Error("the disk is broken");
  let isComplete: Promise<boolean> | undefined;
  let hasArrived: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    hasArrived = resolve;
  });
  const body = {
    size: 1000,
    async *read() {
      yield Buffer.alloc(500);
      await arrived;
      throw error;
    },
  };
  const sending = post(
    (request) => {
      isComplete = new Promise((resolve) => {
        request.resume().once("close", () => resolve(request.complete));
      });
      hasArrived();
    },
    { body },
  );
  await expect(sending).rejects.toBe(error);
  expect(await isComplete).toBe(false);
});

test("a server that is asked first can refuse without reading", async () => {
  let isRead = false;
  const refusing = createServer(() => {
    isRead = true;
  });
  refusing.on("checkContinue", (_, response) => response.writeHead(413).end("too large"));
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = refusing.address() as { port: number };
    const url = new URL(`http://127.0.0.1:${port}`);
    const answer = await send({ method: "POST", url, body: large(), asksFirst: true });
    expect(answer).toMatchObject({ status: 413, text: "too large" });
    expect(isRead).toBe(false);
  } finally {
    refusing.closeAllConnections();
    await new Promise((resolve) => refusing.close(resolve));
  }
});

test("a form is what the platform's own parser reads", async () => {
  const content = testBytes(3000);
  const { contentType, body } = multipartForm(
    { "chunk-no": "7", tag: "1.0" },
    { name: "descriptor.txt", content: bytesBody(content) },
  );
  const blocks: Uint8Array[] = [];
  for await (const block of body.read()) blocks.push(block);
  const bytes = Buffer.concat(blocks);
  expect(bytes).toHaveLength(body.size);
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  expect([...form.keys()]).toEqual(["chunk-no", "tag", "file"]);
  expect(form.get("chunk-no")).toBe("7");
  const file = form.get("file") as File;
  expect([file.name, file.type]).toEqual(["descriptor.txt", "application/octet-stream"]);
  expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
});
