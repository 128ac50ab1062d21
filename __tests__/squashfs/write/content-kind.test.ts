import { kindOfContent } from "../../../src/squashfs/write/content-kind.ts";

test.each([
  ["program", Buffer.from("\x7fELF\x02\x01\x01\0\0", "latin1")],
  ["compressed", Buffer.from("\x1f\x8b\x08\0", "latin1")],
  ["compressed", Buffer.from("\x89PNG\r\n", "latin1")],
  ["binary", Buffer.from("\xde\x12\x04\x95\0\0", "latin1")],
  ["text", Buffer.from("#!/bin/sh\n")],
  ["text", Buffer.from("grüße\n")],
  ["text", Buffer.concat([Buffer.alloc(512, "a"), Buffer.alloc(1)])],
  ["text", Buffer.from("B")],
])("%s: %j", (kind, content) => {
  expect(kindOfContent(content)).toBe(kind);
});
