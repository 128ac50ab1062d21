import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { endSlowBody } from "../../../src/serve/http/end-slow-body.ts";

/** A server that reads bodies, in a window of 50 ms. */
async function withServer(work: (port: number) => Promise<void>) {
  const server = createServer((incoming, outgoing) => {
    outgoing.once("close", endSlowBody(incoming, { windowMs: 50, bytes: 1000 }));
    incoming.on("error", () => {}).resume();
    incoming.once("end", () => outgoing.end("ok"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function post(port: number) {
  const sent = request({ host: "127.0.0.1", port, method: "POST" });
  const answer = new Promise<number | undefined>((resolve, reject) => {
    sent.once("response", (response) => resolve(response.resume().statusCode));
    sent.once("error", reject);
  });
  return { sent, answer };
}

it("ends a body that drips, and no other", async () => {
  await withServer(async (port) => {
    const { sent, answer } = post(port);
    const drip = setInterval(() => sent.write("x"), 10);
    try {
      await expect(answer).rejects.toThrow(/socket hang up|ECONNRESET|EPIPE/);
    } finally {
      clearInterval(drip);
    }
    const flow = post(port);
    let blocks = 0;
    const pour = setInterval(() => {
      flow.sent.write(Buffer.alloc(100_000));
      blocks += 1;
      if (blocks < 20) return;
      clearInterval(pour);
      flow.sent.end();
    }, 10);
    expect(await flow.answer).toBe(200);
  });
});
