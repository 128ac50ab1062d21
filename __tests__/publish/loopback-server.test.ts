import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLoopbackServer } from "../../src/publish/loopback-server.ts";
import { parseRange } from "../../src/system/http/byte-range.ts";
import { testBytes, useDirectory } from "./image-file.ts";

const directory = useDirectory();

describe("the loopback server", () => {
  const bytes = testBytes(1000);
  beforeEach(() => writeFileSync(join(directory.path, "a.gvmi"), bytes));

  const ask = (path: string, init?: RequestInit) =>
    withLoopbackServer(directory.path, async (base) => {
      const response = await fetch(new URL(path, base), init);
      const body = Buffer.from(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, body };
    });

  test("answers GET with the file", async () => {
    const { status, headers, body } = await ask("a.gvmi");
    expect(status).toBe(200);
    expect(headers.get("content-length")).toBe("1000");
    expect(headers.get("accept-ranges")).toBe("bytes");
    expect(body.equals(bytes)).toBe(true);
  });

  test("answers HEAD with the same headers and no body", async () => {
    const { status, headers, body } = await ask("a.gvmi", { method: "HEAD" });
    expect(status).toBe(200);
    expect(headers.get("content-length")).toBe("1000");
    expect(body).toHaveLength(0);
  });

  test.each([
    ["bytes=900-", 206, "bytes 900-999/1000"],
    ["bytes=0-0", 206, "bytes 0-0/1000"],
    ["bytes=990-5000", 206, "bytes 990-999/1000"],
    ["bytes=-1", 206, "bytes 999-999/1000"],
    ["bytes=1000-", 416, "bytes */1000"],
    ["bytes=5-1", 200, null],
    ["bytes=0-1,3-4", 200, null],
    ["lines=1-2", 200, null],
  ])("answers the range %s with %d", async (range, status, contentRange) => {
    const answer = await ask("a.gvmi", { headers: { range } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    const { start, end } = parseEnds(contentRange);
    if (status !== 416) expect(answer.body.equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test("serves an empty file", async () => {
    writeFileSync(join(directory.path, "empty.gvmi"), "");
    expect(await ask("empty.gvmi")).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
  });

  test.each(["b.gvmi", "", "index.json", "sub/a.gvmi", "..%2fa.gvmi", "link.gvmi", ".a.gvmi"])(
    "does not serve %j",
    async (path) => {
      writeFileSync(join(directory.path, "index.json"), "{}");
      writeFileSync(join(directory.path, ".a.gvmi"), "x");
      symlinkSync("/etc/passwd", join(directory.path, "link.gvmi"));
      expect((await ask(path)).status).toBe(404);
    },
  );

  test("refuses other methods", async () => {
    expect((await ask("a.gvmi", { method: "PUT", body: "x" })).status).toBe(405);
  });

  test("is gone afterwards, also with a download under way", async () => {
    writeFileSync(join(directory.path, "large.gvmi"), Buffer.alloc(64 * 1024 * 1024));
    let url = "";
    await withLoopbackServer(directory.path, async (base) => {
      url = base;
      await (await fetch(new URL("large.gvmi", base))).body?.getReader().read();
    });
    await expect(fetch(url)).rejects.toThrow();
  });
});

function parseEnds(contentRange: string | null): { start: number; end: number } {
  const [, start = 0, end = 999] = /(\d+)-(\d+)/.exec(contentRange ?? "") ?? [];
  return { start: Number(start), end: Number(end) };
}
