import { PublishError } from "../../src/errors.ts";
import { parseBaseUrl, publicUrl } from "../../src/publish/base-url.ts";
import { parseTarget } from "../../src/publish/parse-target.ts";

test.each([
  ["directory:public", "public"],
  ["directory:/srv/a:b", "/srv/a:b"],
  ["directory:.", "."],
])("%s is a directory", (text, directory) => {
  expect(parseTarget(text)).toEqual({ kind: "directory", directory });
});

test("registry is the registry, whose address is not part of it", () => {
  expect(parseTarget("registry")).toEqual({ kind: "registry" });
  expect(() => parseTarget("registry:https://example.org")).toThrow(PublishError);
});

test.each([
  ["s3:images", { bucket: "images", prefix: "" }],
  ["s3:images/", { bucket: "images", prefix: "" }],
  ["s3:my.images-1/golem/v1", { bucket: "my.images-1", prefix: "golem/v1/" }],
])("%s is a place in a bucket", (text, expected) => {
  expect(parseTarget(text)).toEqual({ kind: "s3", ...expected });
});

test.each([
  ["github-release:alice/images@v1", { tag: "v1" }],
  ["github-release:alice/images@image/v1.0", { tag: "image/v1.0" }],
  ["github-release:alice/images@image/v1/hello.gvmi", { tag: "image/v1", asset: "hello.gvmi" }],
])("%s is a release, or an asset of it", (text, expected) => {
  expect(parseTarget(text)).toEqual({
    ...{ kind: "github-release", owner: "alice", repository: "images" },
    ...expected,
  });
});

test.each([
  "https://dav.example.org/images/",
  "https://dav.example.org/images/{hash}.gvmi",
  "http://127.0.0.1:8080/{file}?properties=golem",
])("http:%s is where files are put", (url) => {
  expect(parseTarget(`http:${url}`)).toEqual({ kind: "http", url });
});

test.each([
  "s3:",
  "s3:Images",
  "s3:images/../other",
  "s3:images//x",
  "s3:images/a b",
  "github-release:alice/images",
  "github-release:images@v1",
  "github-release:alice/..@v1",
  "github-release:alice/images@a..b",
  "github-release:alice/images@{tag}",
  "http:",
  "http:https://user:pass@example.org/",
  "http:https://example.org/one.gvmi?x={hash}",
  "http:https://example.org/{name}.gvmi",
  "http:https://example.org/{nothing}",
])("%s is no target", (text) => {
  expect(() => parseTarget(text)).toThrow(PublishError);
});

test.each(["", "public", "directory", "toString", "directory:", "ftp:x", ":x", "Directory:x"])(
  "%j is no target, and the error says what is",
  (text) => {
    try {
      parseTarget(text);
    } catch (error) {
      expect(error).toBeInstanceOf(PublishError);
      expect((error as PublishError).hint).toContain("directory:DIR");
      return;
    }
    throw new Error("it was accepted");
  },
);

test.each([
  ["https://example.org/images/", "https://example.org/images/"],
  ["https://example.org/images", "https://example.org/images/"],
  ["http://example.org", "http://example.org/"],
])("%s is a base, and ends with a slash: %s", (text, expected) => {
  expect(parseBaseUrl(text).href).toBe(expected);
});

test.each([
  "images/",
  "ftp://x/",
  "file:///x/",
  "https://x/?a",
  "https://x/#a",
  "https://u@x/",
  "",
])("%j is no base of URLs", (text) => {
  expect(() => parseBaseUrl(text)).toThrow(PublishError);
});

test.each([
  ["https://x/images", "https://x/images/a.gvmi"],
  ["https://x/{file}", "https://x/a.gvmi"],
  ["https://x/get/{key}", "https://x/get/some%20where/a.gvmi"],
  ["https://x/get?file={key}", "https://x/get?file=some%20where/a.gvmi"],
  ["https://x/{hash}/{file}?v=1", "https://x/abc/a.gvmi?v=1"],
])("below %s a file is at %s", (base, expected) => {
  const place = { file: "a.gvmi", hash: "abc", key: "some where/a.gvmi" };
  expect(publicUrl(parseBaseUrl(base), place)).toBe(expected);
});
