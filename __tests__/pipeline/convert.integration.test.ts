// Needs tar2sqfs (squashfs-tools-ng), unsquashfs (squashfs-tools), buildah, busybox-static, openssl, python3, and root.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { build } from "esbuild";
import { inspectGvmi } from "../../src/gvmi/read.ts";
import { type ConvertOptions, convertArchive } from "../../src/pipeline/convert.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import {
  directory,
  dockerArchive,
  file,
  gzipped,
  ociArchive,
  plain,
  sha256,
  symlink,
  TestLayout,
  tar,
  tarHeader,
} from "../support/archives.ts";

const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] }).toString();

const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "set -e; cd /bin; for name in sh ls; do busybox ln -s busybox $name; done; busybox chmod 4755 busybox; busybox ln busybox hard; busybox mkdir -p /srv/deep; busybox chmod 2750 /srv/deep; busybox chown 1000:2000 /srv/deep; echo hello > /srv/deep/file; busybox mkfifo /srv/pipe; busybox dd if=/dev/zero of=/srv/zeros bs=1000 count=1000"]
RUN ["/bin/busybox", "sh", "-c", "busybox rm /srv/zeros; echo replaced > /srv/deep/file"]
ENV A=1 B="two words"
VOLUME /golem/input /golem/output
WORKDIR /golem/work
USER 1000
CMD ["/bin/sh"]
`;

/** Builds a small image with a real builder and saves it in both formats. */
async function buildImage(parent: string): Promise<{ oci: string; docker: string }> {
  const context = join(parent, "context");
  await mkdir(context);
  await copyFile("/bin/busybox", join(context, "busybox"));
  await writeFile(join(context, "Dockerfile"), DOCKERFILE);
  const image = `convert-test-${process.pid}`;
  const [oci, docker] = [join(parent, "oci.tar"), join(parent, "docker.tar")];
  tool("buildah", "bud", "--isolation", "chroot", "--layers", "-t", image, context);
  try {
    tool("buildah", "push", image, `oci-archive:${oci}`);
    tool("buildah", "push", image, `docker-archive:${docker}`);
  } finally {
    tool("buildah", "rmi", "--force", image);
  }
  return { oci, docker };
}

/** The five lines that the description of the format promises. */
const PYTHON_READER = `
import sys, json, zlib
data = open(sys.argv[1], "rb").read()
length = int(data[-8:])
body, crc = data[-8 - length:-8], int.from_bytes(data[-12 - length:-8 - length], "little")
assert zlib.crc32(body) == crc and data[:4] == b"hsqs"
print(json.dumps(json.loads(body)))
`;

describe("an image of a real builder", () => {
  test("becomes a .gvmi that other tools read", async () => {
    await withTemporaryDirectory(async (directory) => {
      const { oci, docker } = await buildImage(directory);
      const output = join(directory, "new", "directory", "image.gvmi");
      const result = await convertArchive({ source: oci, output });

      const bytes = await readFile(output);
      expect(result).toEqual({
        descriptor: expect.stringMatching(/^AAAAAzMzMzQ/),
        path: output,
        hash: createHash("sha3-224").update(bytes).digest("hex"),
        sha256: sha256(bytes),
        size: bytes.length,
        cache: "miss",
        reusedShare: 0,
      });
      expect(tool("openssl", "dgst", "-sha3-224", output).trim()).toMatch(
        new RegExp(` ${result.hash}$`),
      );

      const metadata = JSON.parse(tool("python3", "-c", PYTHON_READER, output));
      expect(metadata).toMatchObject({
        Cmd: ["/bin/sh"],
        Volumes: { "/golem/input": {}, "/golem/output": {} },
        WorkingDir: "/golem/work",
      });
      expect(metadata.Env).toEqual(expect.arrayContaining(["A=1", "B=two words"]));
      expect(Object.keys(metadata)).not.toContain("User");
      const { cache: _, reusedShare: __, descriptor, ...identity } = result;
      const inspected = await inspectGvmi(output);
      expect(inspected).toMatchObject(identity);
      expect(inspected.descriptor.toString("base64")).toBe(descriptor);

      const listing = tool("unsquashfs", "-lln", "-d", "", output);
      for (const [mode, owner, path] of [
        ["-rwsr-xr-x", "0/0", "/bin/busybox"],
        ["-rwsr-xr-x", "0/0", "/bin/hard"],
        ["lrwxrwxrwx", "0/0", "/bin/sh -> busybox"],
        ["drwxr-s---", "1000/2000", "/srv/deep"],
        ["prw-r--r--", "0/0", "/srv/pipe"],
        ["d.*", "0/0", "/proc"],
        ["d.*", "0/0", "/sys"],
        ["d.*", "0/0", "/dev"],
        ["d.*", "0/0", "/etc"],
        ["d.*", "0/0", "/tmp"],
      ] as const) {
        expect(listing).toMatch(new RegExp(`^${mode} ${owner} .* ${path}$`, "m"));
      }
      expect(listing).not.toContain("zeros");

      const extracted = join(directory, "extracted");
      tool("unsquashfs", "-no-progress", "-d", extracted, output);
      expect(await readFile(join(extracted, "srv/deep/file"), "utf8")).toBe("replaced\n");
      expect(await readFile(join(extracted, "bin/busybox"))).toEqual(
        await readFile("/bin/busybox"),
      );

      const again = join(directory, "again.gvmi");
      expect((await convertArchive({ source: oci, output: again })).hash).toBe(result.hash);
      expect((await readFile(again)).equals(bytes)).toBe(true);
      expect((await convertArchive({ source: docker, output: again })).hash).toBe(result.hash);
    });
  });
});

async function convert(archive: Buffer, options: Partial<ConvertOptions> = {}) {
  return await withTemporaryDirectory(async (directory) => {
    const [source, output] = [join(directory, "image.tar"), join(directory, "image.gvmi")];
    await writeFile(source, archive);
    const result = await convertArchive({ source, output, ...options });
    expect((await readdir(directory)).sort()).toEqual(["image.gvmi", "image.tar"]);
    return { ...result, listing: tool("unsquashfs", "-lln", "-d", "", output) };
  });
}

test("an image gives one hash from every kind of archive and layer compression", async () => {
  const entries = [directory("d", { mode: 0o700 }), file("d/f", "x".repeat(200_000)), file("g")];
  const config = { Env: ["A=1"], Volumes: { "/v": {} } };
  const zstd = { tar: tar(entries), blob: execFileSync("zstd", ["-c"], { input: tar(entries) }) };
  const docker = { ...config, Hostname: "abc", Image: "sha256:1", AttachStdin: false, Cmd: null };
  const archives = [
    ociArchive([plain(entries)], { config }),
    ociArchive([gzipped(entries)], { config }),
    ociArchive([zstd], { config }),
    dockerArchive([plain(entries)], { config: docker }),
  ];
  const hashes = new Set<string>();
  for (const archive of archives) hashes.add((await convert(archive)).hash);
  expect(hashes.size).toBe(1);
});

test("the directories that the runtime needs are added where the image lacks them", async () => {
  const { listing } = await convert(ociArchive([plain([file("app")])]));
  expect(
    listing
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/ .* /, " ")),
  ).toEqual([
    "drwxr-xr-x ",
    "-rw-r--r-- /app",
    "drwxr-xr-x /dev",
    "drwxr-xr-x /etc",
    "dr-xr-xr-x /proc",
    "dr-xr-xr-x /sys",
    "drwxrwxrwt /tmp",
  ]);
});

test("the directories that the image has are left as they are", async () => {
  const { listing } = await convert(
    ociArchive([
      plain([directory("proc", { mode: 0o700 }), symlink("tmp", "var/tmp"), file("etc/x")]),
    ]),
  );
  expect(listing).toMatch(/^drwx------ .* \/proc$/m);
  expect(listing).toMatch(/^lrwxrwxrwx .* \/tmp -> var\/tmp$/m);
  expect(listing).toMatch(/^-rw-r--r-- .* \/etc\/x$/m);
});

test("a writer that fails leaves the previous output", async () => {
  // More owners than a squashfs can name.
  const owners = Array.from({ length: 66_000 }, (_, uid) =>
    file(`${uid >> 8}/${uid}`, "", { uid: uid + 1 }),
  );
  await withTemporaryDirectory(async (directory) => {
    const [source, output] = [join(directory, "image.tar"), join(directory, "image.gvmi")];
    await writeFile(source, ociArchive([plain(owners)]));
    await writeFile(output, "previous");
    await expect(convertArchive({ source, output })).rejects.toThrow(
      "more than 65535 different users and groups",
    );
    expect(await readFile(output, "utf8")).toBe("previous");
    expect((await readdir(directory)).sort()).toEqual(["image.gvmi", "image.tar"]);
  });
});

test("a layer with a file of 1 GiB takes little memory", async () => {
  const GIBIBYTE = 2 ** 30;
  await withTemporaryDirectory(async (directory) => {
    const [diffHash, blob] = [createHash("sha256"), join(directory, "layer.gz")];
    async function* layer() {
      const header = tarHeader({ name: "zeros", size: GIBIBYTE });
      const zeros = Buffer.alloc(2 ** 20);
      diffHash.update(header);
      yield header;
      for (let written = 0; written < GIBIBYTE; written += zeros.length) {
        diffHash.update(zeros);
        yield zeros;
      }
    }
    await pipeline(Readable.from(layer()), createGzip({ level: 1 }), createWriteStream(blob));
    const layout = new TestLayout();
    const diffId = `sha256:${diffHash.digest("hex")}`;
    const image = layout.addImage([{ tar: Buffer.alloc(0), blob: await readFile(blob) }], {
      editConfig: (config) => ({ ...config, rootfs: { type: "layers", diff_ids: [diffId] } }),
    });
    const source = join(directory, "image.tar");
    await writeFile(source, layout.setIndex([image]).toArchive());

    const program = join(directory, "convert.cjs");
    await build({
      stdin: {
        contents: `import { convertArchive } from "./src/pipeline/convert.ts";
          convertArchive({ source: process.argv[2], output: process.argv[3] })
            .then(() => console.log(process.resourceUsage().maxRSS));`,
        resolveDir: process.cwd(),
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      outfile: program,
      logLevel: "error",
    });
    const output = join(directory, "image.gvmi");
    const kibibytes = Number(tool(process.execPath, program, source, output));
    expect(kibibytes).toBeGreaterThan(0);
    expect(kibibytes).toBeLessThan(400 * 1024);
    expect(tool("unsquashfs", "-lln", "-d", "", output)).toMatch(/ 1073741824 .* \/zeros$/m);
    expect((await stat(output)).size).toBeLessThan(2 ** 20);
  });
});
