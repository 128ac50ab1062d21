import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { PublishError } from "../../src/errors.ts";
import { checkDownload, type DownloadCheckOptions } from "../../src/publish/check-download.ts";
import { DownloadError } from "../../src/publish/download-error.ts";
import { parseRange } from "../../src/system/http/byte-range.ts";
import { sha3, testBytes } from "./image-file.ts";

const bytes = testBytes(300_000);
const hash = sha3(bytes);

/** As the real one, but for people who do not want to wait. */
const retryPolicy = { attempts: 4, firstDelayMs: 1, longestDelayMs: 2, longestRetryAfterMs: 0 };

/** Checks the download of `/image` from a server that answers as it is told; returns what was asked. */
async function check(
  listener: RequestListener,
  options: DownloadCheckOptions = {},
  path = "/image",
  file = bytes,
) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const range = request.headers.range === undefined ? "" : ` ${request.headers.range}`;
    requests.push(`${request.method} ${request.url}${range}`);
    expect(request.headers["accept-encoding"]).toBeUndefined();
    expect(request.headers.cookie).toBeUndefined();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}${path}`;
    const result = await checkDownload(
      { url, hash: sha3(file), size: file.length },
      { retryPolicy, ...options },
    );
    return { ...result, requests };
  } finally {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** A server as it should be; each test breaks one thing. */
function serve(
  content = bytes,
  headers: Record<string, string | number> = { "accept-ranges": "bytes" },
): RequestListener {
  return (request, response) => {
    const range = parseRange(request.headers.range, content.length);
    if (range === undefined || range === "unsatisfiable") {
      response.writeHead(200, { "content-length": content.length, ...headers });
      response.end(request.method === "HEAD" ? undefined : content);
      return;
    }
    const part = content.subarray(range.start, range.end + 1);
    response.writeHead(206, {
      "content-range": `bytes ${range.start}-${range.end}/${content.length}`,
      "content-length": part.length,
    });
    response.end(part);
  };
}

async function failure(...parameters: Parameters<typeof check>): Promise<DownloadError> {
  const error = await check(...parameters).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(DownloadError);
  expect(error.hint).toBeTruthy();
  return error;
}

describe("a download that a provider can make", () => {
  test("is asked for by HEAD, then GET, then resumed", async () => {
    expect(await check(serve())).toEqual({
      redirects: 0,
      resume: "works",
      warnings: [],
      requests: ["HEAD /image", "GET /image", "GET /image bytes=150000-"],
    });
  });

  test("need not be resumable, but that is said", async () => {
    const result = await check(serve(bytes, {}));
    expect(result).toMatchObject({
      resume: "not-offered",
      requests: ["HEAD /image", "GET /image"],
    });
    expect(result.warnings).toEqual([expect.stringContaining("no Accept-Ranges")]);
  });

  test("may ignore ranges that it offers, but that is said", async () => {
    const result = await check((request, response) => {
      delete request.headers.range;
      serve()(request, response);
    });
    expect(result.resume).toBe("broken");
    expect(result.warnings).toEqual([expect.stringContaining("Interrupted downloads fail")]);
  });

  test("may be resumed with other bytes, but that is said", async () => {
    const result = await check((request, response) => {
      if (!request.headers.range) return serve()(request, response);
      return serve(Buffer.concat([bytes.subarray(1), Buffer.alloc(1)]))(request, response);
    });
    expect(result.resume).toBe("broken");
    expect(result.requests.at(-1)).toBe("GET /image");
  });

  test.each([
    ["another range", { status: 206, range: "bytes 0-149999/300000" }],
    ["a range of another file", { status: 206, range: "bytes 150000-299999/300001" }],
    ["no range that could be satisfied", { status: 416, range: "bytes */300000" }],
  ])("may answer with %s, and is then started again", async (_, { status, range }) => {
    const result = await check((request, response) => {
      if (!request.headers.range) return serve()(request, response);
      response.writeHead(status, { "content-range": range });
      return response.end(bytes.subarray(150_000));
    });
    expect(result.resume).toBe("broken");
    expect(result.requests.slice(-2)).toEqual(["GET /image bytes=150000-", "GET /image"]);
  });

  test("may break off, and goes on from there", async () => {
    const notes: string[] = [];
    let isFirst = true;
    const result = await check(
      (request, response) => {
        if (!request.headers.range || !isFirst) return serve()(request, response);
        isFirst = false;
        response.writeHead(206, {
          "content-range": "bytes 150000-299999/300000",
          "content-length": 150_000,
        });
        return response.write(bytes.subarray(150_000, 200_000), () => response.destroy());
      },
      { onNote: (text) => notes.push(text) },
    );
    expect(result.resume).toBe("works");
    expect(notes).toEqual([expect.stringMatching(/ended after \d+ of 300000 bytes. Trying again/)]);
    const last = /bytes=(\d+)-/.exec(result.requests.at(-1) ?? "")?.[1];
    expect(notes[0]).toContain(`ended after ${last} of`);
  });

  test("may break off and start over where ranges are not offered", async () => {
    let gets = 0;
    const result = await check((request, response) => {
      if (request.method === "HEAD" || ++gets > 1) return serve(bytes, {})(request, response);
      response.writeHead(200, { "content-length": bytes.length });
      return response.write(bytes.subarray(0, 1000), () => response.destroy());
    });
    expect(result.requests).toEqual(["HEAD /image", "GET /image", "GET /image"]);
  });

  test("may fail at first, as a server that restarts does", async () => {
    let requests = 0;
    const result = await check((request, response) => {
      if (++requests <= 2) return response.writeHead(503).end();
      return serve()(request, response);
    });
    expect(result).toMatchObject({ resume: "works" });
  });

  test("may ask to wait, and is obeyed", async () => {
    let requests = 0;
    const started = performance.now();
    const result = await check(
      (request, response) => {
        if (++requests === 1) return response.writeHead(429, { "retry-after": "1" }).end();
        return serve()(request, response);
      },
      { retryPolicy: { ...retryPolicy, longestRetryAfterMs: 2000 } },
    );
    expect(result).toMatchObject({ resume: "works" });
    // Timers may be a millisecond early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(999);
  });

  test("may break again and again when each time brings a part", async () => {
    const large = Buffer.alloc(2_000_000, "image");
    const result = await check(
      (request, response) => {
        const from = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
        if (request.method === "HEAD") return serve(large)(request, response);
        const status = from > 0 ? 206 : 200;
        response.writeHead(status, {
          "content-length": large.length - from,
          "content-range": `bytes ${from}-${large.length - 1}/${large.length}`,
        });
        const part = large.subarray(from, from + 200_000);
        return response.write(part, () => response.destroy());
      },
      {},
      "/image",
      large,
    );
    expect(result).toMatchObject({ resume: "works" });
  });

  test("need not tell its length, but that is said", async () => {
    const result = await check((request, response) => {
      response.writeHead(200);
      response.end(request.method === "HEAD" ? undefined : bytes);
    });
    expect(result.warnings[0]).toContain("Content-Length");
  });

  test("may follow ten redirects, to relative places, too", async () => {
    const result = await check((request, response) => {
      const step = Number(/\d+$/.exec(request.url ?? "")?.[0] ?? 0);
      if (step === 10) return serve()(request, response);
      response.writeHead([301, 302, 303, 307, 308][step % 5] ?? 302, { location: `/r${step + 1}` });
      return response.end();
    });
    expect(result.redirects).toBe(10);
    expect(result.resume).toBe("works");
    expect(result.warnings).toEqual([expect.stringContaining("a relative Location")]);
  });
});

describe("a download that a provider cannot make", () => {
  test("is redirected in circles", async () => {
    const error = await failure((_, response) => {
      response.writeHead(302, { location: "/image" }).end();
    });
    expect(error.message).toContain("redirected more than 10 times");
  });

  test.each(["ftp://example.org/x", "file:///etc/passwd", "http://["])(
    "is redirected to %s",
    async (location) => {
      const error = await failure((_, response) => {
        response.writeHead(302, { location }).end();
      });
      expect(error.message).toContain("which no provider can download");
    },
  );

  test("is refused on HEAD", async () => {
    const error = await failure((request, response) => {
      if (request.method === "HEAD") response.writeHead(403).end();
      else serve()(request, response);
    });
    expect(error.message).toMatch(
      /HEAD .* answered 403, although GET answers 200, as pre-signed URLs do/,
    );
    expect(error.problem).toBe("head-refused");
    expect(error.hint).toContain("HEAD before GET");
  });

  test("is missing", async () => {
    const error = await failure((request, response) => {
      if (request.method === "HEAD") serve()(request, response);
      else response.writeHead(404).end("<html>");
    });
    expect(error.message).toMatch(/GET .* answered 404/);
  });

  test("is an error page with status 200", async () => {
    const page = Buffer.from("<html>please sign in</html>");
    const error = await failure((request, response) => {
      if (request.method === "HEAD") response.writeHead(200).end();
      else response.writeHead(200).end(page);
    });
    expect(error.message).toContain("is a page of text, with status 200");
    expect(error.problem).toBe("web-page");
    expect(error.details).toContain("please sign in");
  });

  test("has another length", async () => {
    const error = await failure(serve(bytes.subarray(1)));
    expect(error.message).toContain("says that the file has 299999 bytes; the image has 300000");
  });

  test("has one flipped bit", async () => {
    const damaged = Buffer.from(bytes);
    damaged[200_000] = (damaged[200_000] ?? 0) ^ 1;
    const error = await failure(serve(damaged));
    expect(error.message).toContain("has another hash than the image");
    expect(error.details).toBe(`expected ${hash}\nreceived ${sha3(damaged)}`);
  });

  test("ends early, although the length was right", async () => {
    const error = await failure((request, response) => {
      if (request.method === "HEAD") return serve(bytes, {})(request, response);
      response.writeHead(200, { "content-length": bytes.length });
      return response.write(bytes.subarray(0, 1000), () => response.destroy());
    });
    expect(error.message).toMatch(/ended after \d+ of 300000 bytes/);
  });

  test("is longer than it should be", async () => {
    const error = await failure((request, response) => {
      response.writeHead(200);
      response.end(request.method === "HEAD" ? undefined : Buffer.concat([bytes, bytes]));
    });
    expect(error.message).toContain("longer than the 300000 bytes");
  });

  test("stands still before the answer", async () => {
    const error = await failure(() => {}, { stallMs: 50 });
    expect(error.message).toContain("nothing arrived for 0.05 s");
  });

  test("stands still in the middle", async () => {
    const error = await failure(
      (request, response) => {
        if (request.method === "HEAD") return serve(bytes, {})(request, response);
        response.writeHead(200, { "content-length": bytes.length });
        return response.write(bytes.subarray(0, 1000));
      },
      { stallMs: 50 },
    );
    expect(error.message).toContain("nothing arrived for 0.05 s");
  });

  test("has no server", async () => {
    const download = { url: "http://127.0.0.1:9/x", hash };
    await expect(checkDownload(download, { retryPolicy })).rejects.toThrow(
      /HEAD http:\/\/127.0.0.1:9\/x failed/,
    );
  });

  test("has a URL of another kind", async () => {
    const download = { url: "file:///tmp/x.gvmi", hash };
    await expect(checkDownload(download)).rejects.toThrow(PublishError);
  });
});

test("an abort ends the download with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const checking = check(
    (request, response) => {
      if (request.method === "HEAD") return serve(bytes, {})(request, response);
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 1000));
      return setImmediate(() => controller.abort(reason));
    },
    { signal: controller.signal },
  );
  await expect(checking).rejects.toBe(reason);
});

test("progress tells the bytes that have arrived", async () => {
  const seen: number[] = [];
  await check(serve(), { onProgress: ({ step, done }) => step === "checking" && seen.push(done) });
  expect(seen.at(-1)).toBe(bytes.length);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

it("ends a download that drips", async () => {
  const dripping: RequestListener = (request, response) => {
    response.writeHead(200, { "content-length": bytes.length });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const drip = setInterval(() => response.write("x"), 20);
    response.once("close", () => clearInterval(drip));
  };
  const once = { ...retryPolicy, attempts: 1 };
  const error = await check(dripping, { stallMs: 200, retryPolicy: once }).catch((why) => why);
  expect(error).toBeInstanceOf(DownloadError);
  expect(error.problem).toBe("stalled");
});
