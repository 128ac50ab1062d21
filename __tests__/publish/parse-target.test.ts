import { PublishError } from "../../src/errors.ts";
import { parseBaseUrl } from "../../src/publish/base-url.ts";
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
