import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { readForm } from "../../../src/serve/http/read-form.ts";
import { RequestError } from "../../../src/serve/request-error.ts";

const HEAD = (name: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="x"\r\n\r\n`;

let server: Server;
let statuses: number[];
let takeFile: Parameters<typeof readForm>[2];

beforeEach(async () => {
  statuses = [];
  takeFile = undefined;
  server = createServer(async (request, response) => {
    const status = await readForm(request, 1000, takeFile).then(
      () => 200,
      (error) => (error instanceof RequestError ? error.statusCode : 500),
    );
    statuses.push(status);
    response.writeHead(status).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a form as it is, and breaks the connection when that is shorter than it says. */
async function send(body: string, length = body.length): Promise<void> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const type = "multipart/form-data; boundary=b";
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`,
  );
  if (length > body.length) setImmediate(() => socket.end());
  socket.resume();
  const closed = once(socket, "close");
  socket.setTimeout(2_000, () => socket.destroy());
  while (statuses.length === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  await closed;
}

const refused = async () => {
  throw new RequestError(404, "There is no such descriptor.");
};
const untouched = async () => {};

test.each([
  ["nobody takes, and ends early", undefined, `${HEAD("file")}abc`],
  ["is refused before it is read, and ends early", refused, `${HEAD("file")}abc`],
  ["is there already, and ends early", untouched, `${HEAD("file")}abc`],
  ["has another name, and ends early", untouched, `${HEAD("other")}abc`],
])("a file that %s is a bad request, and the server goes on", async (_, take, body) => {
  takeFile = take;
  await send(body);
  expect(statuses).toEqual([400]);
  statuses = [];
  await send(body, body.length + 500);
  expect(statuses).toEqual([400]);
  statuses = [];
  takeFile = async (_fields, content) => {
    for await (const _block of content);
  };
  await send(`${HEAD("file")}abc\r\n--b--\r\n`);
  expect(statuses).toEqual([200]);
});
