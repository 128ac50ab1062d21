import { messagesOf } from "../image-findings.ts";

test.each(["zstd", "lzma"])("no provider reads %s", (compression) => {
  expect(messagesOf("GVM022", { compression })).toEqual([
    expect.stringMatching(new RegExp(`^error The image is compressed with ${compression}`)),
  ]);
});

test.each(["gzip", "xz", "lzo", "lz4", undefined])("%s is fine", (compression) => {
  expect(messagesOf("GVM022", compression === undefined ? {} : { compression })).toEqual([]);
});
