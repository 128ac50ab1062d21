import { appendFileSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { descriptorDigest } from "../../../src/gvmi/descriptor.ts";
import { publish } from "../../../src/publish/publish.ts";
import type { PublishFile } from "../../../src/publish/publish-target.ts";
import type { Fault } from "../../support/fault-proxy.ts";
import { TestRegistry } from "../../support/test-registry.ts";
import { testBytes } from "../image-file.ts";
import { CHUNK_BYTES, failureOf, publishTo, TOKEN, useRegistry } from "./support.ts";

const use = useRegistry();
const CHUNK = "POST v1/image/push/chunk";
const tags = ["alice/hello:1"];

/** Something goes wrong with the requests of a name whose numbers, from 0, are listed. */
const once =
  (name: string, fault: Fault, ...numbers: number[]) =>
  (request: string, earlier: number) =>
    request.startsWith(name) && numbers.includes(earlier) ? fault : undefined;

const always = (name: string, fault: Fault) => (request: string) =>
  request.startsWith(name) ? fault : undefined;

const answer = (status: number, headers?: Record<string, string>, body?: string): Fault => ({
  kind: "answer",
  status,
  ...(headers && { headers }),
  ...(body !== undefined && { body }),
});

function expectStored(image: PublishFile): void {
  const contents = use.registry.contents(descriptorDigest(image.descriptor));
  expect(contents?.equals(readFileSync(image.path))).toBe(true);
}

const sentChunks = () => use.proxy?.requests.filter((name) => name === CHUNK).length;

describe("what passes is tried again, and nothing else is sent twice", () => {
  test.each<[string, Fault]>([
    ["a connection that is reset at the first byte", { kind: "reset", afterBytes: 0 }],
    ["a connection that is reset in the middle", { kind: "reset", afterBytes: CHUNK_BYTES / 2 }],
    ["a connection that is reset at the last byte", { kind: "reset", afterBytes: 1e9 }],
    ["500", answer(500)],
    ["502", answer(502, { "content-type": "text/html" }, "<html>Bad Gateway</html>")],
    ["503", answer(503)],
    ["504", answer(504)],
    ["a bit that was flipped on the way", { kind: "corrupt" }],
    ["429", answer(429, { "retry-after": "0" })],
  ])("%s", async (_, fault) => {
    await use.injectFaults(once(CHUNK, fault, 0, 5));
    const image = use.newImage();
    const notes: string[] = [];
    await use.publish(image, {}, { onNote: (text) => notes.push(text) });
    expectStored(image);
    expect(sentChunks()).toBe(12);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/ Trying again in 0\.0 s\.$/);
  });

  test("a chunk whose answer was lost is not sent again", async () => {
    await use.injectFaults(once(CHUNK, { kind: "lose-answer" }, 3));
    const image = use.newImage();
    await use.publish(image);
    expectStored(image);
    expect(sentChunks()).toBe(10);
  });

  test.each(["POST auth/pat/login", "GET v1/image/descr", "POST v1/image/push/descr"])(
    "%s",
    async (name) => {
      await use.injectFaults(once(name, { kind: "lose-answer" }, 0));
      const image = use.newImage();
      await use.publish(image, { tags });
      expectStored(image);
    },
  );

  test.each(["POST v1/image/descr/attach", "GET v1/image/info"])("%s", async (name) => {
    await use.injectFaults(once(name, answer(503), 0, 1));
    const image = use.newImage();
    expect((await use.publish(image, { tags })).names).toEqual([
      { name: "alice/hello:1", outcome: "new" },
    ]);
  });
});

describe("a server that is busy says how long to wait", () => {
  const later = () => new Date(Date.now() + 2000).toUTCString();

  test.each([
    ["in seconds", () => "1", 1000],
    // The second that has begun counts.
    ["as a date", later, 1000],
  ])("%s, and no chunk is sent before", async (_, retryAfter, leastMs) => {
    const times: number[] = [];
    await use.injectFaults((request, earlier) => {
      if (request !== CHUNK) return undefined;
      times.push(performance.now());
      return earlier === 0 ? answer(429, { "retry-after": retryAfter() }) : undefined;
    });
    const image = use.newImage(12);
    await use.publish(image);
    expectStored(image);
    // Those that were under way with the first one may have come; then there is a pause.
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...pauses)).toBeGreaterThan(leastMs - 100);
    expect(pauses.findIndex((pause) => pause > leastMs - 100)).toBeLessThan(4);
  });

  test("too long, which is a failure that tells how long", async () => {
    await use.injectFaults(always(CHUNK, answer(429, { "retry-after": "3600" })));
    const error = await failureOf(use.publish(use.newImage()));
    expect(error).toMatchObject({ failure: "rate-limited", retryAfterMs: 3_600_000 });
    expect(error.message).toContain("it asks to wait 3600 s");
  });
});

describe("what does not pass fails once, with its reason", () => {
  const page = answer(200, { "content-type": "text/html" }, "<html>Please sign in</html>");

  test.each<[string, string, Fault, string]>([
    ["a chunk that is too large", CHUNK, answer(413), "too-large"],
    ["a full disk", CHUNK, answer(507), "full"],
    ["a request that is refused", CHUNK, answer(422, {}, "no"), "rejected"],
    ["a token that is wrong", "POST auth", answer(401), "unauthorized"],
    ["a page in place of the login", "POST auth", page, "protocol"],
    ["a page in place of the status", "GET v1/image/descr", page, "protocol"],
    ["a page in place of an answer to a chunk", CHUNK, page, "protocol"],
    ["a page in place of where the image is", "GET v1/image/info", page, "protocol"],
    [
      "a page that says that there is no such tag",
      "GET v1/image/info",
      answer(404, { "content-type": "text/html" }, "<html>Not found</html>"),
      "protocol",
    ],
    ["a status that is not JSON", "GET v1/image/descr", answer(200, {}, "{"), "protocol"],
    ["a status without a descriptor", "GET v1/image/descr", answer(200, {}, "{}"), "protocol"],
  ])("%s", async (_, name, fault, failure) => {
    await use.injectFaults(always(name, fault));
    const error = await failureOf(use.publish(use.newImage(), { tags }));
    expect(error.failure).toBe(failure);
    const tries = use.proxy?.requests.filter((request) => request.startsWith(name)).length;
    // Four chunks are under way at once.
    expect(tries).toBeLessThanOrEqual(name === CHUNK ? 4 : 1);
    expect(use.registry.tags.size).toBe(0);
  });

  test("a refusal that comes before the body was sent is not lost", async () => {
    const tooLarge = { kind: "answer", status: 413, isEarly: true } as const;
    await use.injectFaults(always(CHUNK, { ...tooLarge, headers: { connection: "close" } }));
    const error = await failureOf(use.publish(use.newImage()));
    expect(error.failure).toBe("too-large");
    expect(error.hint).toContain("takes no uploads of this size");
  });

  test("a page in place of an attached tag", async () => {
    await use.injectFaults(once("POST v1/image/descr/attach", page, 1));
    const error = await failureOf(use.publish(use.newImage(), { tags }));
    expect(error.failure).toBe("protocol");
  });

  test("an endless answer", async () => {
    await use.injectFaults(
      always("GET v1/image/descr", answer(200, {}, "x".repeat(2 * 1024 * 1024))),
    );
    const error = await failureOf(use.publish(use.newImage()));
    expect(error.message).toContain("more than 1048576 bytes");
  });

  test("a server that is gone, after a few attempts", async () => {
    const environment = { ...use.environment(), REGISTRY_URL: "http://127.0.0.1:9" };
    const notes: string[] = [];
    const error = await failureOf(
      use.publish(use.newImage(), { environment }, { onNote: (text) => notes.push(text) }),
    );
    expect(error.message).toContain("nothing listens there");
    expect(notes).toHaveLength(5);
  });
});

describe("a transfer that stands still ends", () => {
  // A busy machine must not take that long over what does not stand still.
  const stallMs = 2000;

  test.each<[string, Fault]>([
    ["before the server reads", { kind: "stall", afterBytes: 0 }],
    ["before it answers", { kind: "stall", afterBytes: 1e9 }],
    ["while it answers a byte now and then", { kind: "drip", everyMs: 500 }],
  ])("%s, and is tried again", async (_, fault) => {
    await use.injectFaults(once(CHUNK, fault, 2));
    const image = use.newImage();
    const notes: string[] = [];
    await use.publish(image, { stallMs }, { onNote: (text) => notes.push(text) });
    expectStored(image);
    expect(notes[0]).toContain("nothing worth mentioning moved for 2 s");
  });

  test("for good, when it always does", async () => {
    await use.injectFaults(always(CHUNK, { kind: "stall", afterBytes: 0 }));
    const error = await failureOf(use.publish(use.newImage(2), { stallMs: 30 }));
    expect(error.failure).toBe("stalled");
  });
});

describe("a registry that loses what it took", () => {
  test("gets the lost chunks again, and only those", async () => {
    let isLost = false;
    use.registry.onRequest = (name) => {
      const stored = use.registry.images.get(descriptorDigest(image.descriptor));
      if (isLost || stored?.chunks.size !== 9 || name !== CHUNK) return;
      isLost = true;
      for (const number of [1, 3, 5]) stored.chunks.delete(number);
    };
    const image = use.newImage();
    await use.publish(image);
    expectStored(image);
    expect(use.registry.count(CHUNK)).toBe(13);
  });

  test("gets the descriptor again, too", async () => {
    let isLost = false;
    use.registry.onRequest = (name) => {
      if (isLost || name !== CHUNK || use.registry.count(CHUNK) < 5) return;
      isLost = true;
      use.registry.images.clear();
    };
    const image = use.newImage();
    await use.publish(image);
    expectStored(image);
  });

  test("is not believed for ever", async () => {
    use.registry.onRequest = () => {
      use.registry.images.get(descriptorDigest(image.descriptor))?.chunks.delete(4);
    };
    const image = use.newImage();
    const error = await failureOf(use.publish(image, { tags }));
    expect(error.failure).toBe("incomplete");
    expect(error.message).toContain("took chunk 4 5 times, and does not have it");
    expect(use.registry.tags.size).toBe(0);
  });

  test("restarts half-way at the same place", async () => {
    const { registry } = use;
    const port = Number(new URL(registry.url).port);
    const environment = use.environment();
    let restarted: Promise<TestRegistry> | undefined;
    registry.onRequest = (name) => {
      if (restarted || name !== CHUNK || registry.count(CHUNK) < 4) return;
      restarted = registry.close().then(() => {
        const next = new TestRegistry();
        for (const [digest, stored] of registry.images) {
          next.images.set(digest, { ...stored, chunks: new Map([...stored.chunks].slice(0, 2)) });
        }
        return next.start(port);
      });
    };
    const image = use.newImage();
    await publishTo({ environment }, image, {});
    const next = await restarted;
    const contents = next?.contents(descriptorDigest(image.descriptor));
    await next?.close();
    expect(contents?.equals(readFileSync(image.path))).toBe(true);
  });
});

describe("a registry that lies", () => {
  test("about having all chunks is found out before a tag leads there", async () => {
    const image = use.newImage();
    const lie = JSON.stringify({ descriptor: "ok", status: "full", chunks: [] });
    await use.injectFaults(once("GET v1/image/descr", answer(200, {}, lie), 1, 2, 3));
    await expect(use.publish(image, { tags })).rejects.toThrow(/answered 404/);
    expect(use.registry.tags.size).toBe(0);
  });

  test("about where a tag leads", async () => {
    use.registry.onRequest = () => {
      use.registry.tags.delete("alice/hello:1");
    };
    const error = await failureOf(use.publish(use.newImage(), { tags }));
    expect(error).toMatchObject({ failure: "incomplete" });
    expect(error.message).toContain("the tag alice/hello:1 leads nowhere");
  });

  test("about which image has a hash", async () => {
    const image = use.newImage();
    const info = { sha3: "0".repeat(56), http: `${use.registry.url}/x` };
    await use.injectFaults(always("GET v1/image/info", answer(200, {}, JSON.stringify(info))));
    const error = await failureOf(use.publish(image));
    expect(error.message).toContain(`the hash ${image.hash} leads to another image`);
  });

  test.each(["file:///etc/passwd", "javascript:x", "//", ""])("with the URL %j", async (http) => {
    const image = use.newImage();
    const info = JSON.stringify({ sha3: image.hash, http });
    await use.injectFaults(always("GET v1/image/info", answer(200, {}, info)));
    const error = await failureOf(use.publish(image));
    expect(error.failure).toBe("protocol");
  });
});

describe("a token that expires before the tag is attached", () => {
  test("fails once, with what the server says but for the token", async () => {
    use.registry.onRequest = (name) => {
      if (name.startsWith("GET download/")) use.registry.tokens.clear();
    };
    const error = await failureOf(use.publish(use.newImage(), { tags }));
    expect(error.failure).toBe("unauthorized");
    expect(error.details).toBe("token *** has expired");
    expect(use.registry.count("POST v1/image/descr/attach")).toBe(2);
  });
});

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("%d does not get the token", async (status) => {
    const other = await new TestRegistry().start();
    try {
      const location = `${other.url}/auth/pat/login?secret=x`;
      for (const name of ["POST auth", "POST v1/image/descr/attach"]) {
        await use.proxy?.close();
        await use.injectFaults(always(name, answer(status, { location })));
        const error = await failureOf(use.publish(use.newImage(), { tags }));
        expect(error.failure).toBe("redirected");
        expect(error.message).toContain(`HTTP ${status} to ${other.url}.`);
      }
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe("a file that changes while it is published", () => {
  const change = (how: (path: string) => void) => {
    const image = use.newImage();
    let isChanged = false;
    use.registry.onRequest = (name) => {
      if (isChanged || name !== CHUNK) return;
      isChanged = true;
      how(image.path);
    };
    const environment = { ...process.env, ...use.environment() };
    return publish(image, { kind: "registry" }, { tags, environment });
  };

  test.each<[string, (path: string) => void]>([
    ["grows", (path) => appendFileSync(path, "x")],
    ["is cut off", (path) => writeFileSync(path, "x")],
    ["is written over", (path) => writeFileSync(path, testBytes(9700, 9))],
  ])("and %s gets no tag", async (_, how) => {
    const error = await failureOf(change(how));
    expect(error.failure).toBe("changed");
    expect(use.registry.tags.size).toBe(0);
  });

  test("is fine when it was merely touched", async () => {
    const result = await change((path) => utimesSync(path, 1, 1));
    expect(result.names).toEqual([{ name: "alice/hello:1", outcome: "new" }]);
  });
});

test("two publishers of the same image both succeed", async () => {
  const image = use.newImage(20);
  const results = await Promise.all([use.publish(image, { tags }), use.publish(image, { tags })]);
  expect(results[0].url).toBe(results[1].url);
  expectStored(image);
});

test("an abort ends it with its reason, and the next time goes on from there", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  use.registry.onRequest = (name) => {
    // Requests are counted when they arrive, and two may have arrived since the last one was whole.
    if (name === CHUNK && use.registry.count(CHUNK) >= 6) controller.abort(reason);
  };
  const image = use.newImage();
  const aborted = use.publish(image, { tags }, { signal: controller.signal });
  await expect(aborted).rejects.toBe(reason);
  const before = use.registry.count(CHUNK);
  expect(before).toBeLessThan(10);
  await use.publish(image, { tags });
  expectStored(image);
  // At most the four that were under way are sent again.
  expect(use.registry.count(CHUNK)).toBeLessThanOrEqual(14);
});

test("notes and errors have no token in them, whatever the server repeats", async () => {
  const notes: string[] = [];
  await use.injectFaults(always("POST auth", answer(500, {}, `you sent ${TOKEN}`)));
  const error = await failureOf(
    use.publish(use.newImage(), { tags }, { onNote: (text) => notes.push(text) }),
  );
  expect(error.details).toBe("you sent ***");
  expect(notes).toHaveLength(5);
  expect(notes.join()).not.toContain(TOKEN);
});
