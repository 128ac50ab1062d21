import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { S3Store } from "../../../src/serve/store/s3-store.ts";

it("tells who serves images, and not who publishes them, that the bucket is out of reach", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  const environment = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
  };
  const opening = S3Store.open({ bucket: "images", prefix: "" }, environment);
  const error = await opening.catch((reason) => reason);
  expect(error.message).toContain(`127.0.0.1:${port}`);
  expect(error.hint).toContain("AWS_ENDPOINT_URL_S3");
  expect(error.hint).not.toMatch(/publish/i);
});
