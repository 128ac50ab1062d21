import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { run } from "../measure.ts";

/** A layer's tar, in a file. */
export interface LayerFile {
  readonly path: string;
  /** Of the uncompressed bytes: `sha256:` and 64 hexadecimal digits. */
  readonly diffId: string;
}

/** Where in the world and when the image was made: the same each time. */
const CREATED = "2026-01-01T00:00:00Z";

/**
 * Makes a layer of a tree, or of some paths in it, as image builders do: sorted, numeric owners.
 *
 * @param paths relative to the tree; the whole tree by default
 */
export async function makeLayer(
  tree: string,
  path: string,
  options: { paths?: readonly string[]; signal?: AbortSignal } = {},
): Promise<LayerFile> {
  const list = `${path}.names`;
  const names = options.paths?.map((name) => `./${name}\0`).join("") ?? ".\0";
  await writeFile(list, names, "latin1");
  const format = ["--format=posix", "--pax-option=delete=atime,delete=ctime"];
  const order = ["--sort=name", "--numeric-owner", "--xattrs"];
  const from = ["--directory", tree, "--null", "--verbatim-files-from", "--files-from", list];
  const args = ["--create", "--file", path, ...format, ...order, ...from];
  await run({ program: "tar", args }, options.signal);
  await rm(list);
  return { path, diffId: await sha256OfFile(path) };
}

/** Writes what `docker save` writes: layers as they are, named in a manifest. */
export async function makeDockerArchive(
  layers: readonly LayerFile[],
  reference: string,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await withDirectory(`${path}.parts`, async (parts) => {
    const config = imageConfig(layers);
    const configName = `${hex(sha256(config))}.json`;
    await writeFile(join(parts, configName), config);
    const names: string[] = [];
    for (const layer of layers) {
      const directory = hex(layer.diffId);
      await mkdir(join(parts, directory));
      await link(layer.path, join(parts, directory, "layer.tar"));
      names.push(`${directory}/layer.tar`);
    }
    const manifest = [{ Config: configName, RepoTags: [reference], Layers: names }];
    await writeFile(join(parts, "manifest.json"), JSON.stringify(manifest));
    await archive(parts, path, signal);
  });
}

/** Writes an OCI archive whose layers are compressed with gzip -6, as builders write them. */
export async function makeGzipOciArchive(
  layers: readonly LayerFile[],
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  await withDirectory(`${path}.parts`, async (parts) => {
    const blobs = join(parts, "blobs", "sha256");
    await mkdir(blobs, { recursive: true });
    const addBlob = async (bytes: string, mediaType: string) => {
      const digest = sha256(bytes);
      await writeFile(join(blobs, hex(digest)), bytes);
      return { mediaType, digest, size: Buffer.byteLength(bytes) };
    };
    const descriptors: object[] = [];
    for (const layer of layers) {
      const compressed = join(parts, basename(layer.path));
      const sink = createWriteStream(compressed);
      await pipeline(createReadStream(layer.path), createGzip({ level: 6 }), sink, { signal });
      const digest = await sha256OfFile(compressed);
      await link(compressed, join(blobs, hex(digest)));
      await rm(compressed);
      const { size } = await stat(join(blobs, hex(digest)));
      descriptors.push({ mediaType: `${OCI}.layer.v1.tar+gzip`, digest, size });
    }
    const config = await addBlob(imageConfig(layers), `${OCI}.config.v1+json`);
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: descriptors };
    const manifests = [await addBlob(JSON.stringify(manifest), OCI_MANIFEST)];
    await writeFile(join(parts, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    await writeFile(join(parts, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await archive(parts, path, signal);
  });
}

const OCI = "application/vnd.oci.image";
const OCI_MANIFEST = `${OCI}.manifest.v1+json`;

function imageConfig(layers: readonly LayerFile[]): string {
  const diff_ids = layers.map(({ diffId }) => diffId);
  const config = { Cmd: ["/bin/sh"], WorkingDir: "/" };
  const history = layers.map(() => ({ created: CREATED }));
  const rootfs = { type: "layers", diff_ids };
  return JSON.stringify({
    architecture: "amd64",
    os: "linux",
    created: CREATED,
    config,
    rootfs,
    history,
  });
}

async function archive(directory: string, path: string, signal?: AbortSignal): Promise<void> {
  const args = ["--create", "--file", path, "--sort=name", "--directory", directory, "."];
  await run({ program: "tar", args }, signal);
}

async function withDirectory(path: string, body: (path: string) => Promise<void>): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  try {
    await body(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const hex = (digest: string) => digest.slice("sha256:".length);

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
  }
  return `sha256:${hash.digest("hex")}`;
}
