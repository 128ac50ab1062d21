// Needs unsquashfs (squashfs-tools) and root.
import { execFile, execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { file, gzipped, ociArchive, TestLayout, tar, tarHeader } from "../support/archives.ts";

const MEBIBYTE = 2 ** 20;
const NOBODY = 65_534;

/** Reads an image as a command would and says what it cost. */
const READER = `
import { withImage } from "./src/oci/image.ts";
const [, , path, limits] = process.argv;
withImage(path, { limits: JSON.parse(limits) }, async (image) => {
  const types = {};
  for await (const { type, content } of image.entries(await image.readTree())) {
    types[type] = (types[type] ?? 0) + 1;
    for await (const _ of content ?? []);
  }
  return { types };
})
  .catch((error) => ({ refusal: error.message, name: error.constructor.name }))
  .then((result) => {
    const { maxRSS } = process.resourceUsage();
    console.log(JSON.stringify({ ...result, megabytes: maxRSS / 1000 }));
  });
`;

const CONVERTER = `
import { convertArchive } from "./src/pipeline/convert.ts";
const [, , source, output] = process.argv;
convertArchive({ source, output }).then(() => process.stdout.write("converted as " + process.getuid()));
`;

interface Reading {
  types?: Record<string, number>;
  refusal?: string;
  name?: string;
  megabytes: number;
}

async function bundle(directory: string, contents: string): Promise<string> {
  const outfile = join(directory, "program.cjs");
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    platform: "node",
    target: "node20",
    keepNames: true,
    outfile,
    logLevel: "error",
  });
  return outfile;
}

const buildReader = (directory: string) => bundle(directory, READER);

const runAs = (uid: number, program: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [program, ...args], { uid, gid: uid, cwd: "/" });

async function run(program: string, path: string, limits: object): Promise<Reading> {
  const args = [program, path, JSON.stringify(limits)];
  return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
}

/** Writes an OCI layout with a gzip layer whose digest uncompressed is not known. */
async function writeBomb(path: string, members: readonly Buffer[]): Promise<void> {
  const layout = new TestLayout();
  const blob = Buffer.concat(members);
  const image = layout.addImage([{ tar: Buffer.alloc(0), blob }]);
  await layout.setIndex([image]).writeTo(path);
}

/** A member of gzip that inflates to a GiB of zeros. */
async function compressedGibibyte(directory: string): Promise<Buffer> {
  const path = join(directory, "zeros.gz");
  function* zeros() {
    for (let count = 0; count < 1024; count++) yield Buffer.alloc(MEBIBYTE);
  }
  await pipeline(Readable.from(zeros()), createGzip({ level: 9 }), createWriteStream(path));
  return await readFile(path);
}

test("a bomb of 10 MiB that inflates to 10 GiB is refused with little memory", async () => {
  await withTemporaryDirectory(async (directory) => {
    const reader = await buildReader(directory);
    const gibibyte = await compressedGibibyte(directory);
    const ten = Array.from({ length: 10 }, () => gibibyte);
    expect(gibibyte.length * 10).toBeLessThan(11 * MEBIBYTE);
    const path = join(directory, "bomb");
    for (const [start, limits, bytes] of [
      // One file that says how large it is: by default.
      [tarHeader({ name: "zeros", size: 10 * 2 ** 30 }), {}, 8 * 2 ** 30],
      // What says nothing, behind the end of the archive: when that much has come.
      [tar([file("a")]), { uncompressedBytes: 2 ** 29 }, 2 ** 29],
    ] as const) {
      await writeBomb(path, [gzipSync(start), ...ten]);
      const reading = await run(reader, path, limits);
      expect(reading).toMatchObject({
        name: "ImageSourceError",
        refusal: `The image's layers are larger than ${bytes} bytes uncompressed.`,
      });
      // Buffers that wait for the collector are more on a busy machine; the bomb is 10 GiB.
      expect(reading.megabytes).toBeLessThan(1000);
    }
  });
});

test("an image of five million entries is refused by the default limit, with bounded memory", async () => {
  await withTemporaryDirectory(async (directory) => {
    const headers = Array.from({ length: 10_000 }, (_, index) =>
      tarHeader({ name: `usr/share/directory-${index % 100}/file-number-${index}`, content: "" }),
    );
    const member = gzipSync(Buffer.concat(headers), { level: 1 });
    const path = join(directory, "many");
    await writeBomb(
      path,
      Array.from({ length: 500 }, () => member),
    );
    const reading = await run(await buildReader(directory), path, {});
    expect(reading).toMatchObject({
      name: "ImageSourceError",
      refusal: "The image's layers have more than 1000000 entries.",
    });
    expect(reading.megabytes).toBeLessThan(700);
  });
});

test("a user who is not root converts devices, FIFOs and other people's files", async () => {
  await withTemporaryDirectory(async (directory) => {
    const [source, output] = [join(directory, "image.tar"), join(directory, "out")];
    await writeFile(
      source,
      ociArchive([
        gzipped([
          { name: "null", type: "3", major: 1, minor: 3, mode: 0o666 },
          { name: "disk", type: "4", major: 8, minor: 1, mode: 0o660, gid: 6 },
          { name: "pipe", type: "6", mode: 0o600, uid: 33 },
          file("secret", "x", { mode: 0o4400, uid: 1000, gid: 1000 }),
        ]),
      ]),
    );
    await mkdir(output);
    await chown(output, NOBODY, NOBODY);
    await chmod(directory, 0o755);
    const converter = await bundle(directory, CONVERTER);
    const image = join(output, "image.gvmi");
    const { stdout } = await runAs(NOBODY, converter, source, image);
    expect(stdout).toBe(`converted as ${NOBODY}`);
    expect((await stat(image)).uid).toBe(NOBODY);
    const listing = execFileSync("unsquashfs", ["-lln", "-d", "", image]).toString();
    expect(listing).toMatch(/^crw-rw-rw- 0\/0 +1, +3 .* \/null$/m);
    expect(listing).toMatch(/^brw-rw---- 0\/6 +8, +1 .* \/disk$/m);
    expect(listing).toMatch(/^prw------- 33\/0 .* \/pipe$/m);
    expect(listing).toMatch(/^-r-S------ 1000\/1000 .* \/secret$/m);
    expect(await readdir(output)).toEqual(["image.gvmi"]);
  });
});
