import { inspect } from "node:util";
import { PublishError } from "../../../src/errors.ts";
import { Credentials } from "../../../src/publish/registry/credentials.ts";
import { parseImageTag } from "../../../src/publish/registry/image-tag.ts";
import {
  assertSafeForToken,
  parseRegistryUrl,
} from "../../../src/publish/registry/registry-url.ts";

describe("the name of an image", () => {
  test.each([
    ["alice/hello:1.0", { user: "alice", repository: "hello", tag: "1.0" }],
    ["a-b/c_d", { user: "a-b", repository: "c_d", tag: "latest" }],
    [".a/-b:_c", { user: ".a", repository: "-b", tag: "_c" }],
  ])("%s is read", (text, parts) => {
    expect(parseImageTag(text)).toMatchObject(parts);
  });

  test.each(
    [
      ...["", "hello", "hello:1", "a/b/c", "a/b:c:d", "a/b:", "/b", "a/", "user/..", "user/:t"],
      ...["../x", "a/b:-", "ä/b", "a/b c", "a/b\n", "-/b", "$(touch p)/b", "a;b/c"],
      `a/${"b".repeat(300)}`,
    ].map((text) => [text]),
  )("%j is refused, and the error says what is right", (text) => {
    expect(() => parseImageTag(text)).toThrow(PublishError);
    expect(() => parseImageTag(text)).toThrow(/is not the name of an image/);
  });
});

describe("the address of a registry", () => {
  test.each([
    ["https://registry.golem.network", "https://registry.golem.network/"],
    ["https://example.org/golem///", "https://example.org/golem/"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/"],
  ])("%s is %s", (text, href) => {
    expect(parseRegistryUrl(text).href).toBe(href);
  });

  test.each(["", "registry.golem.network", "ftp://example.org", "https://x.org/?a=b", "file:///x"])(
    "%j is refused",
    (text) => {
      expect(() => parseRegistryUrl(text)).toThrow(/REGISTRY_URL cannot be used/);
    },
  );

  test("with a password is refused without repeating it", () => {
    expect(() => parseRegistryUrl("https://me:hunter2@example.org")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });

  test.each(["https://example.org", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"])(
    "%s may be told a token",
    (text) => {
      expect(() => assertSafeForToken(parseRegistryUrl(text))).not.toThrow();
    },
  );

  test.each([
    ...["http://example.org", "http://127.0.0.1.example.org", "http://localhost.example.org"],
    ...["http://192.168.1.2", "http://0.0.0.0"],
  ])("%s may not", (text) => {
    expect(() => assertSafeForToken(parseRegistryUrl(text))).toThrow(
      expect.objectContaining({ failure: "insecure" }),
    );
  });
});

describe("credentials", () => {
  const credentials = new Credentials("alice", 'pa"ss/w+rd');

  test("do not show the token when they are printed", () => {
    for (const text of [inspect(credentials), JSON.stringify(credentials), `${credentials}`]) {
      expect(text).not.toContain("ss/w");
    }
  });

  test.each([
    'you sent pa"ss/w+rd',
    String.raw`{"sent": "pa\"ss/w+rd"}`,
    "token=pa%22ss%2Fw%2Brd",
    `Basic ${Buffer.from('alice:pa"ss/w+rd').toString("base64")}`,
  ])("take the token out of %j", (text) => {
    const redacted = credentials.redact(text);
    expect(redacted).toContain("***");
    expect(redacted.length).toBeLessThan(text.length);
  });

  test.each([
    ["", "x", "REGISTRY_USER is not set"],
    ["x", "", "REGISTRY_TOKEN is not set"],
    ["x", "a\nb", "control characters"],
  ])("%j with %j are refused", (user, token, message) => {
    expect(() => new Credentials(user, token)).toThrow(message);
  });
});
