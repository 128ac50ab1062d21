import { UsageError } from "../../src/errors.ts";
import { checkOptions, parseCompression } from "../../src/squashfs/compression-options.ts";

test("gzip has level 6 and blocks of 128 KiB by default", () => {
  expect(checkOptions({ compression: "gzip" })).toEqual({
    compression: "gzip",
    level: 6,
    blockSize: 131_072,
  });
  expect(checkOptions({ compression: "lz4" }).level).toBeUndefined();
});

test("zstd is refused with the reason, an unknown name with the choices", () => {
  const zstd = { compression: "zstd" } as const;
  expect(() => checkOptions(zstd)).toThrow("kernel of Golem's providers does not read it");
  expect(checkOptions({ ...zstd, allowUnreadable: true })).toMatchObject(zstd);
  expect(() => parseCompression("zip")).toThrow(
    '"zip". Must be one of balanced, smallest, fastest, gzip, xz, lzo, lz4.',
  );
});

test("a preset is a compression by what it is good for", () => {
  expect(["balanced", "smallest", "fastest"].map(parseCompression)).toEqual(["gzip", "xz", "lz4"]);
  expect(() => parseCompression("constructor")).toThrow("Invalid compression");
});

test.each([
  [{ compression: "gzip", level: 0 }],
  [{ compression: "gzip", level: 10 }],
  [{ compression: "gzip", level: 1.5 }],
  [{ compression: "gzip", level: Number.NaN }],
  [{ compression: "lzo", level: 10 }],
  [{ compression: "lz4", level: 1 }],
  [{ compression: "gzip", blockSize: 2048 }],
  [{ compression: "gzip", blockSize: 2 ** 21 }],
  [{ compression: "gzip", blockSize: 100_000 }],
] as const)("%j is refused", (options) => {
  expect(() => checkOptions(options)).toThrow(UsageError);
});
