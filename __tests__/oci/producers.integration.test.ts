// Needs umoci, buildah, busybox-static, GNU tar, python3 and root; the part about Docker needs an engine that answers.
// ROOTFS_DIRECTORY, if set, names a whole distribution (such as debootstrap makes) that is packed and compared, too.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFile, cp, link, mkdir, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { sha256, TestLayout } from "../support/archives.ts";
import { ENGINE_PATHS, exportWithDocker, hasDockerEngine } from "../support/docker-export.ts";
import { collect } from "../support/flatten.ts";
import { listDirectories } from "../support/host-tree.ts";
import { type TreeNode, treeOf } from "../support/tree-node.ts";
import { unpackWithUmoci, writeLayout } from "../support/umoci.ts";

type Tree = Map<string, TreeNode>;

const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] }).toString();

async function readTree(path: string): Promise<{ tree: Tree; format: string }> {
  return await withImage(path, {}, async (image) => ({
    tree: treeOf(await collect(image.entries(await image.readTree()))),
    format: image.format,
  }));
}

async function list(directory: string): Promise<Tree> {
  const [tree] = await listDirectories([directory]);
  return tree as Tree;
}

async function unpacked(layout: string): Promise<Tree> {
  const outcome = await unpackWithUmoci(layout);
  if ("refusal" in outcome) throw new Error(outcome.refusal);
  return await list(outcome.root);
}

const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "set -e; cd /bin; for name in sh ls rm ln mkdir; do busybox ln -s busybox $name; done; busybox chmod 4755 busybox; busybox ln busybox hard; mkdir -p /srv/a/b /srv/c; echo one > /srv/a/b/one; echo two > /srv/c/two; busybox mkfifo /srv/pipe; busybox chown 1000:2000 /srv/c"]
RUN ["/bin/sh", "-c", "rm -r /srv/a; echo new > /srv/c/two; ln /srv/c/two /srv/three; rm /bin/ls; ln -s /srv/c /srv/link"]
RUN ["/bin/sh", "-c", "rm -r /srv/c; mkdir /srv/c; echo fresh > /srv/c/fresh"]
`;

async function writeContext(path: string): Promise<void> {
  await mkdir(path);
  await copyFile("/bin/busybox", join(path, "busybox"));
  await writeFile(join(path, "Dockerfile"), DOCKERFILE);
}

test("buildah's images are the same in every form, and what umoci unpacks", async () => {
  await withTemporaryDirectory(async (directory) => {
    const [context, image] = [join(directory, "context"), `producers-test-${process.pid}`];
    await writeContext(context);
    tool("buildah", "bud", "--isolation", "chroot", "--layers", "-t", image, context);
    const [layout, oci, docker] = ["layout", "oci.tar", "docker.tar"].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    try {
      tool("buildah", "push", image, `oci:${layout}:image`);
      tool("buildah", "push", image, `oci-archive:${oci}`);
      tool("buildah", "push", image, `docker-archive:${docker}:test:latest`);
    } finally {
      tool("buildah", "rmi", "--force", image);
    }
    const tree = await unpacked(layout);
    expect([...tree.keys()]).toEqual(
      expect.arrayContaining(["bin/hard", "srv/c/fresh", "srv/three"]),
    );
    expect(await readTree(layout)).toEqual({ tree, format: "oci-layout" });
    expect(await readTree(oci)).toEqual({ tree, format: "oci-archive" });
    expect(await readTree(docker)).toEqual({ tree, format: "docker-archive" });
  });
});

test("of buildah's image for several platforms, that for linux/amd64 is read", async () => {
  await withTemporaryDirectory(async (directory) => {
    const manifest = `producers-test-list-${process.pid}`;
    const made: string[] = [];
    try {
      tool("buildah", "manifest", "create", manifest);
      for (const architecture of ["arm64", "amd64"]) {
        const file = join(directory, architecture);
        await writeFile(file, architecture);
        const container = tool("buildah", "from", "--arch", architecture, "scratch").trim();
        const image = `producers-test-${architecture}-${process.pid}`;
        made.push(image);
        try {
          tool("buildah", "copy", container, file, "/architecture");
          tool("buildah", "config", "--arch", architecture, container);
          tool("buildah", "commit", container, image);
        } finally {
          tool("buildah", "rm", container);
        }
        tool("buildah", "manifest", "add", "--arch", architecture, manifest, image);
      }
      const archive = join(directory, "all.tar");
      tool("buildah", "manifest", "push", "--all", manifest, `oci-archive:${archive}`);
      const { tree } = await readTree(archive);
      expect(tree.get("architecture")).toMatchObject({
        size: 5,
        sha256: sha256(Buffer.from("amd64")),
      });
    } finally {
      // Not all of them exist when something failed, which is what is to be seen then.
      spawnSync("buildah", ["manifest", "rm", manifest]);
      for (const name of made) spawnSync("buildah", ["rmi", "--force", name]);
    }
  });
});

test("umoci's images are what umoci unpacks", async () => {
  await withTemporaryDirectory(async (directory) => {
    const [layout, source] = [join(directory, "layout"), join(directory, "source")];
    await makeSource(source);
    const image = `${layout}:image`;
    tool("umoci", "init", "--layout", layout);
    tool("umoci", "new", "--image", image);
    tool("umoci", "insert", "--image", image, source, "/");
    tool("umoci", "insert", "--image", image, join(source, "d"), "/e");
    tool("umoci", "insert", "--image", image, "--whiteout", "/d/zero");
    tool("umoci", "insert", "--image", image, "--opaque", join(source, "d"), "/zoneinfo");
    tool("umoci", "config", "--image", image, "--os", "linux", "--architecture", "amd64");
    const tree = await unpacked(layout);
    expect(tree.has("e/zero")).toBe(true);
    expect(tree.has("d/zero")).toBe(false);
    expect((await readTree(layout)).tree).toEqual(tree);
  });
});

const hasEngine = hasDockerEngine();
const engine = hasEngine ? "" : " (skipped: no Docker engine answers here)";

(hasEngine ? test : test.skip)(`docker's images are what docker exports${engine}`, async () => {
  await withTemporaryDirectory(async (directory) => {
    const [context, archive] = [join(directory, "context"), join(directory, "saved.tar")];
    const tag = `producers-test:${process.pid}`;
    await writeContext(context);
    tool("docker", "build", "--quiet", "--network", "none", "--tag", tag, context);
    tool("docker", "save", "--output", archive, tag);
    const { tree } = await readTree(archive);
    const exported = await list(await exportWithDocker(archive, tag, directory));
    for (const path of ENGINE_PATHS) for (const side of [tree, exported]) side.delete(path);
    expect(tree).toEqual(exported);
  });
});

/** Parts of a real system, and what they lack. */
async function makeSource(path: string): Promise<void> {
  await mkdir(join(path, "d"), { recursive: true });
  await cp("/usr/share/zoneinfo", join(path, "zoneinfo"), {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
  });
  await writeFile(join(path, "d/zero"), "");
  await writeFile(join(path, "d/sparse"), "start");
  await truncate(join(path, "d/sparse"), 3_000_000);
  await writeFile(join(path, "d", "n".repeat(250)), "long");
  await writeFile(join(path, "d", "\u00fc\n"), "odd");
  await link(join(path, "d/zero"), join(path, "d/linked"));
  tool("mknod", join(path, "d/null"), "c", "1", "3");
  tool("mkfifo", join(path, "d/pipe"));
  tool("chmod", "6755", join(path, "d/zero"));
  tool("chown", "1000:60000", join(path, "d/sparse"));
  // Whole seconds, which every format can tell.
  const files = tool(
    "find",
    path,
    "-type",
    "f",
    "-print0",
    "-o",
    "-type",
    "p",
    "-print0",
    "-o",
    "-type",
    "c",
    "-print0",
  );
  for (const file of files.split("\0").filter(Boolean))
    await utimes(file, 1_600_000_000, 1_600_000_000);
}

const PYTHON_TAR = `
import sys, tarfile
with tarfile.open(sys.argv[2], "w", format=getattr(tarfile, sys.argv[3])) as archive:
    archive.add(sys.argv[1], ".")
`;

const TARS: Readonly<Record<string, (source: string, output: string) => void>> = {
  "GNU tar (gnu)": (source, output) => gnuTar(source, output, "--format=gnu"),
  "GNU tar (posix)": (source, output) => gnuTar(source, output, "--format=posix", "--xattrs"),
  "GNU tar (gnu, sparse)": (source, output) => gnuTar(source, output, "--format=gnu", "--sparse"),
  ...Object.fromEntries(
    ["0.0", "0.1", "1.0"].map((version) => [
      `GNU tar (posix, sparse ${version})`,
      (source: string, output: string) =>
        gnuTar(
          source,
          output,
          "--format=posix",
          "--xattrs",
          "--sparse",
          `--sparse-version=${version}`,
        ),
    ]),
  ),
  "GNU tar (posix, global header)": (source, output) =>
    gnuTar(
      source,
      output,
      "--format=posix",
      "--xattrs",
      "--pax-option=globexthdr.name=g,comment=hello",
    ),
  "busybox tar": (source, output) => tool("/bin/busybox", "tar", "-cf", output, "-C", source, "."),
  "python's tarfile (GNU)": (source, output) =>
    tool("python3", "-c", PYTHON_TAR, source, output, "GNU_FORMAT"),
  "python's tarfile (PAX)": (source, output) =>
    tool("python3", "-c", PYTHON_TAR, source, output, "PAX_FORMAT"),
};

function gnuTar(source: string, output: string, ...options: string[]): void {
  tool(
    "tar",
    "--create",
    "--numeric-owner",
    ...options,
    "--file",
    output,
    "--directory",
    source,
    ".",
  );
}

/** An OCI layout of a tar that may be too large to be read at once. */
async function layoutOf(layer: string, path: string): Promise<void> {
  const layout = new TestLayout();
  const [hex = ""] = tool("sha256sum", layer).split(" ");
  const size = Number(tool("stat", "--format=%s", layer));
  const image = layout.addImage([], {
    editConfig: (config) => ({
      ...config,
      rootfs: { type: "layers", diff_ids: [`sha256:${hex}`] },
    }),
    editManifest: (manifest) => ({
      ...manifest,
      layers: [
        { mediaType: "application/vnd.oci.image.layer.v1.tar", digest: `sha256:${hex}`, size },
      ],
    }),
  });
  await writeLayout(layout, image, path);
  await link(layer, join(path, "blobs/sha256", hex));
}

test.each(Object.keys(TARS))("what %s packs is what it packed", async (name) => {
  await withTemporaryDirectory(async (directory) => {
    const [source, layer] = [join(directory, "source"), join(directory, "layer.tar")];
    await makeSource(source);
    TARS[name]?.(source, layer);
    await layoutOf(layer, join(directory, "layout"));
    const expected = wholeSeconds(await list(source));
    expect(wholeSeconds((await readTree(join(directory, "layout"))).tree)).toEqual(expected);
  });
});

const distribution = process.env.ROOTFS_DIRECTORY;

(distribution === undefined ? test.skip : test)(
  "a whole distribution (skipped unless ROOTFS_DIRECTORY is set) is what was packed",
  async () => {
    await withTemporaryDirectory(async (directory) => {
      const layer = join(directory, "layer.tar");
      gnuTar(distribution ?? "", layer, "--format=posix", "--xattrs");
      await layoutOf(layer, join(directory, "layout"));
      const { tree } = await readTree(join(directory, "layout"));
      expect(tree.size).toBeGreaterThan(1000);
      expect(tree).toEqual(await list(distribution ?? ""));
      expect(tree).toEqual(await unpacked(join(directory, "layout")));
    });
  },
  600_000,
);

/** Symlinks' times cannot be set by every tool, and not every format has fractions of seconds. */
function wholeSeconds(tree: Tree): Tree {
  return new Map(
    [...tree].map(([path, node]) => [
      path,
      { ...node, ...(node.modified && { modified: node.modified.replace(/\..*/, "") }) },
    ]),
  );
}
