// Needs xz and zstd. The kernel is a made-up one: a header, and an ELF file with the note that QEMU looks for. Every
// test with a VM boots a real one.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { uncompressedKernel } from "../../../src/vm/kernel/uncompressed-kernel.ts";

const before = { ...process.env };
let directory: string;
let kept: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kernel-"));
  process.env.GOLEM_IMAGE_CACHE = join(directory, "cache");
  kept = join(directory, "cache", "uncompressed-kernels");
});
afterEach(() => {
  process.env = { ...before };
  rmSync(directory, { recursive: true });
});

/** A 64-bit ELF file with one segment, of notes. */
function elf(owner = "Xen\0", type = 18): Buffer {
  const file = Buffer.alloc(100_000, "code of the kernel ");
  file.fill(0, 0, 0x200);
  file.write("\x7fELF\x02", "latin1");
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(4, 64);
  file.writeBigUInt64LE(0x100n, 64 + 8);
  file.writeBigUInt64LE(40n, 64 + 32);
  // One of another kind before it.
  for (const [at, kind, name] of [[0x100, 5, "Xen\0"] as const, [0x114, type, owner] as const]) {
    file.writeUInt32LE(name.length, at);
    file.writeUInt32LE(4, at + 4);
    file.writeUInt32LE(kind, at + 8);
    file.write(name, at + 12, "latin1");
  }
  return file;
}

function bzImage(compressed: Buffer, size: number, appended: boolean): Buffer {
  const header = Buffer.alloc(0x600);
  header[0x1f1] = 2;
  header.writeUInt16LE(0xaa55, 0x1fe);
  header.write("HdrS", 0x202);
  header.writeUInt16LE(0x020f, 0x206);
  header.writeUInt32LE(0, 0x248);
  header.writeUInt32LE(compressed.length + (appended ? 4 : 0), 0x24c);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(size);
  return Buffer.concat([header, compressed, length.subarray(0, appended ? 4 : 0), Buffer.alloc(9)]);
}

function image(name: string, bytes: Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

const gzipped = (kernel: Buffer) => bzImage(gzipSync(kernel), kernel.length, false);

const through = (program: string, args: string[], input: Buffer) =>
  execFileSync(program, args, { input, maxBuffer: 1e9 });

test.each([
  ["gzip", gzipped],
  [
    "xz, with the filter for x86 code",
    (kernel: Buffer) => {
      const args = ["--check=crc32", "--x86", "--lzma2=dict=1MiB", "--stdout"];
      return bzImage(through("xz", args, kernel), kernel.length, true);
    },
  ],
  [
    "zstd",
    (kernel: Buffer) =>
      bzImage(through("zstd", ["-q", "-19", "--stdout"], kernel), kernel.length, true),
  ],
])("a kernel in %s is had as it was, and again without decompressing it", async (_, make) => {
  const kernel = elf();
  const path = image("vmlinuz", make(kernel));
  const steps: string[] = [];
  const options = { onProgress: (text: string) => steps.push(text) };
  const first = await uncompressedKernel(path, options);
  expect(readFileSync(first ?? "").equals(kernel)).toBe(true);
  expect(await uncompressedKernel(path, options)).toBe(first);
  expect(steps).toEqual(["decompressing the kernel, so that it boots faster"]);
});

test("a kept kernel that was damaged is made anew", async () => {
  const kernel = elf();
  const path = image("vmlinuz", gzipped(kernel));
  const first = (await uncompressedKernel(path)) ?? "";
  const damaged = Buffer.from(kernel);
  damaged[70_000] = 0;
  writeFileSync(first, damaged);
  expect(await uncompressedKernel(path)).toBe(first);
  expect(readFileSync(first).equals(kernel)).toBe(true);
});

test("one that cannot be read is passed over", async () => {
  const path = image("vmlinuz", gzipped(elf()));
  const first = (await uncompressedKernel(path)) ?? "";
  mkdirSync(`${first.slice(0, -1)}!`);
  rmSync(first);
  expect(await uncompressedKernel(path)).toBe(first);
});

test("each kernel has its own", async () => {
  const other = Buffer.concat([elf(), Buffer.from("other")]);
  const [first, second] = [
    await uncompressedKernel(image("a", gzipped(elf()))),
    await uncompressedKernel(image("b", gzipped(other))),
  ];
  expect(readFileSync(second ?? "").equals(other)).toBe(true);
  expect(await uncompressedKernel(join(directory, "a"))).toBe(first);
});

const damaged = (() => {
  const bytes = gzipped(elf());
  bytes.fill(0xff, 0x640, 0x660);
  return bytes;
})();

test.each([
  ["is no kernel", Buffer.from("hsqs".repeat(1000))],
  ["is uncompressed already", elf()],
  ["ends within its payload", gzipped(elf()).subarray(0, 0x620)],
  ["is damaged", damaged],
  ["is larger than it says", bzImage(gzipSync(Buffer.concat([elf(), elf()])), 5, true)],
  ["is shorter than it says", bzImage(gzipSync(elf()), 1_000_000, true)],
  ["has a compression that is not known", bzImage(Buffer.alloc(500, "lz4"), 100_000, true)],
  ["has no entry for QEMU", gzipped(elf("Xen\0", 6))],
  ["has a note of another owner", gzipped(elf("GNU\0", 18))],
])("what %s boots as it is", async (_, bytes) => {
  expect(await uncompressedKernel(image("vmlinuz", bytes))).toBeUndefined();
  expect(() => readdirSync(kept)).toThrow("ENOENT");
});

test("without xz, and without room for it, the image boots as it is", async () => {
  const compressed = through("xz", ["--stdout"], elf());
  const path = image("vmlinuz", bzImage(compressed, elf().length, true));
  process.env.PATH = directory;
  expect(await uncompressedKernel(path)).toBeUndefined();
  process.env.PATH = before.PATH;
  writeFileSync(join(directory, "cache"), "a file where the directory should be");
  expect(await uncompressedKernel(path)).toBeUndefined();
});
