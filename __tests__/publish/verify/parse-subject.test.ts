import { PublishError } from "../../../src/errors.ts";
import { parseSubject } from "../../../src/publish/verify/parse-subject.ts";

const hash = "06aa5c957a256ce91b3db10862fb3b5bbc77f2b621a57dba88ad0167";
const url = "https://example.org/a.gvmi?x=hash:sha3:y";

test.each([
  [url, { kind: "url", url }],
  [`hash:sha3:${hash}:${url}`, { kind: "package", hash, url }],
  [`hash:SHA3:${hash.toUpperCase()}:${url}`, { kind: "package", hash, url }],
  [`hash:sha3:${"ab".repeat(64)}:${url}`, { kind: "package", hash: "ab".repeat(64), url }],
  [hash, { kind: "hash", hash }],
  [hash.toUpperCase(), { kind: "hash", hash }],
  ["alice/hello", { kind: "tag", tag: "alice/hello:latest" }],
  ["alice/hello:1.0", { kind: "tag", tag: "alice/hello:1.0" }],
])("%s", (text, expected) => {
  expect(parseSubject(text)).toEqual(expected);
});

test.each([
  ["", "no URL, package string, hash or tag"],
  ["hello", "no URL, package string, hash or tag"],
  ["ftp://example.org/x", "http and https URLs only"],
  ["file:///etc/passwd", "http and https URLs only"],
  ["http://[", "http and https URLs only"],
  [hash.slice(1), "56 digits, not 55"],
  [`hash:sha256:${hash}:${url}`, "SHA-3 hashes only"],
  [`hash:sha3:${hash.slice(1)}:${url}`, "56, 64, 96 or 128"],
  [`hash:sha3:${hash}`, "SHA-3 hashes only"],
  [`hash:sha3:${hash}:ftp://x`, "does not end with an http or https URL"],
])("%j is nothing that an image is known by", (text, reason) => {
  expect(() => parseSubject(text)).toThrow(PublishError);
  expect(() => parseSubject(text)).toThrow(reason);
});
