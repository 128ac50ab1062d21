import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { checkDownload } from "../../src/publish/check-download.ts";
import { DownloadError } from "../../src/publish/download-error.ts";
import { parseTarget } from "../../src/publish/parse-target.ts";
import { shownUrl } from "../../src/publish/shown-url.ts";

it.each([
  ["https://example.org/a@b/c.gvmi", "https://example.org/a@b/c.gvmi"],
  ["https://user:pass@example.org/a", "https://***@example.org/a"],
  ["https://user:p@ss@example.org", "https://***@example.org"],
  ["//user:pass@exa mple/", "//***@exa mple/"],
  ["https://example.org/a?X-Signature=1#x", "https://example.org/a?***"],
  ["/elsewhere?sig=1", "/elsewhere?***"],
  ["https://example.org/#token", "https://example.org/#***"],
])("shows %s as %s", (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});

const SECRET = "s3cret";

it.each(["/refused", "/redirected", "/endless", "/broken", "/page", "/ftp", "/short"])(
  "says what is wrong at %s, and no secret of a URL",
  async (path) => {
    const server = createServer((request, response) => {
      const location: Readonly<Record<string, string>> = {
        "/redirected": `/refused?sig=${SECRET}`,
        "/endless": `/endless?sig=${SECRET}`,
        "/ftp": `ftp://user:${SECRET}@127.0.0.1/`,
      };
      const to = location[path];
      if (to && request.url?.startsWith(path)) response.writeHead(302, { location: to }).end();
      else if (path === "/broken") request.socket.destroy();
      else if (path === "/page") response.end("<html></html>");
      else if (path === "/short") response.writeHead(200, { "content-length": 9 }).destroy();
      else response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const url = `http://user:${SECRET}@127.0.0.1:${port}${path}?token=${SECRET}`;
    const retryPolicy = { attempts: 1, firstDelayMs: 1, longestDelayMs: 1, longestRetryAfterMs: 0 };
    const error = await checkDownload({ url }, { retryPolicy }).catch((reason) => reason);
    server.closeAllConnections();
    server.close();
    expect(error).toBeInstanceOf(DownloadError);
    for (const text of [error.message, error.hint, error.details, error.stack]) {
      expect(text ?? "").not.toContain(SECRET);
    }
  },
);

it.each([
  `http:ftp://user:${SECRET}@example.org/`,
  `http:https://user:${SECRET}@exa mple.org/`,
  `http:https://example.org/a?sig=${SECRET}`,
  `http:https://example.org/{other}?sig=${SECRET}`,
])("refuses the target %s without repeating its secret", (target) => {
  expect(() => parseTarget(target)).toThrow(/cannot be the base/);
  expect(() => parseTarget(target)).not.toThrow(SECRET);
});
