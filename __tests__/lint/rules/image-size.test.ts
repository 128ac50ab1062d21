import { messagesOf } from "../image-findings.ts";

const GIB = 1024 ** 3;
const sized = (files: Record<string, number>) => ({
  files: Object.fromEntries(
    Object.entries(files).map(([path, size]) => [path, { type: "file" as const, size }]),
  ),
});

describe("the size of the image", () => {
  test("is worth knowing from 1 GiB on, with where it is and what it costs", () => {
    const [found] = messagesOf(
      "GVM019",
      sized({ "opt/conda/a": GIB, "usr/lib/x/b": GIB / 2, "data.bin": GIB / 2, "usr/bin/c": 1 }),
    );
    expect(found).toMatch(/^info The image has 2\.0 GiB of files/);
    expect(found).toContain("/opt/conda 1.0 GiB, /usr/lib 512.0 MiB, / 512.0 MiB");
    expect(found).toContain("about 757.8 MiB, or 614.4 MiB with --compression smallest");
  });

  test("is a warning from 4 GiB on, and nothing below 1 GiB", () => {
    expect(messagesOf("GVM019", sized({ a: 4 * GIB }))[0]).toMatch(/^warning/);
    expect(messagesOf("GVM019", sized({ a: GIB - 1 }))).toEqual([]);
  });
});

describe("leftovers", () => {
  const MIB = 1024 ** 2;

  test("are listed by size, with their sum", () => {
    const files = {
      "var/lib/apt/lists/a": 8 * MIB,
      "var/lib/apt/lists/b": 8 * MIB,
      "root/.cache/pip/x": 32 * MIB,
      "usr/lib/gcc/x86_64-linux-gnu/12/cc1": 64 * MIB,
      "usr/lib/other": GIB / 2,
    };
    expect(messagesOf("GVM119", sized(files))).toEqual([
      "info 112.0 MiB of the image's files are of the kind that is rarely needed at run time: GCC 64.0 MiB, pip's cache 32.0 MiB, apt's package lists 16.0 MiB.",
    ]);
  });

  test("are of no concern while they are small", () => {
    const files = {
      "var/lib/apt/lists/a": 4 * MIB,
      "usr/share/doc/x": 10 * MIB,
      "usr/include/x": 40 * MIB,
      "srv/usr/include/x": 90 * MIB,
    };
    expect(messagesOf("GVM119", sized(files))).toEqual([]);
  });
});
