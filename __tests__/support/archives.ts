import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

/** One entry of a test's tar; everything that a hostile archive may get wrong can be set. */
export interface TestEntry {
  /** Bytes as latin1. */
  name: string;
  /** The type flag; "0" (a file) by default. */
  type?: string;
  content?: string | Buffer;
  linkName?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  major?: number;
  minor?: number;
  /** PAX records to put before it; a repeated keyword is kept repeated. */
  pax?: readonly (readonly [keyword: string, value: string | Buffer])[];
  /** What the size field says, when it should not be the content's. */
  size?: number;
  /** Changes the header before its checksum is computed. */
  edit?: (header: Buffer) => void;
  /** Changes the header after that. */
  damage?: (header: Buffer) => void;
}

export const directory = (name: string, extra: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: "5",
  mode: 0o755,
  ...extra,
});
export const file = (
  name: string,
  content: string | Buffer = name,
  extra: Partial<TestEntry> = {},
): TestEntry => ({ name, content, ...extra });
export const symlink = (name: string, linkName: string): TestEntry => ({
  name,
  type: "2",
  linkName,
  mode: 0o777,
});
export const hardLink = (name: string, linkName: string): TestEntry => ({
  name,
  type: "1",
  linkName,
});

const BLOCK = 512;
const latin1 = (value: string | Buffer = ""): Buffer =>
  typeof value === "string" ? Buffer.from(value, "latin1") : value;
const pad = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

export function tarHeader(entry: TestEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    header.write(value.toString(8).padStart(width - 1, "0"), at, "latin1");
  header.write(entry.name.slice(0, 100), 0, "latin1");
  octal(entry.mode ?? 0o644, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(entry.size ?? latin1(entry.content).length, 124, 12);
  octal(entry.mtime ?? 1_700_000_000, 136, 12);
  header.write(entry.type ?? "0", 156, "latin1");
  header.write((entry.linkName ?? "").slice(0, 100), 157, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  octal(entry.major ?? 0, 329, 8);
  octal(entry.minor ?? 0, 337, 8);
  entry.edit?.(header);
  sign(header);
  entry.damage?.(header);
  return header;
}

/** Sets the checksum. */
export function sign(header: Buffer): void {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

export function paxRecord(keyword: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([
    Buffer.from(` ${keyword}=`, "latin1"),
    latin1(value),
    Buffer.from("\n"),
  ]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) {
    length = String(length).length + rest.length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** The blocks of one entry, its PAX header included. */
export function tarEntry(entry: TestEntry): Buffer {
  const pax = entry.pax && Buffer.concat(entry.pax.map((record) => paxRecord(...record)));
  const content = latin1(entry.content);
  return Buffer.concat([
    ...(pax ? [tarHeader({ name: "PaxHeader", type: "x", content: pax }), pad(pax)] : []),
    tarHeader(entry),
    pad(content),
  ]);
}

export function tar(entries: readonly TestEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(2 * BLOCK)]);
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** A layer: entries, or the bytes of a tar, and how to store them. */
export interface TestLayer {
  tar: Buffer;
  /** As stored; the tar itself by default. */
  blob?: Buffer;
  mediaType?: string;
  urls?: string[];
}

export const gzipped = (entries: readonly TestEntry[]): TestLayer => {
  const bytes = tar(entries);
  return { tar: bytes, blob: gzipSync(bytes), mediaType: LAYER_GZIP };
};

export const plain = (entries: readonly TestEntry[]): TestLayer => ({ tar: tar(entries) });

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const LAYER_GZIP = `${LAYER}+gzip`;
export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

// biome-ignore lint/suspicious/noExplicitAny: tests change documents into ones that no type allows
type Json = any;

/** The files of an OCI layout by name; tests change them before they are written. */
export class TestLayout {
  readonly files = new Map<string, Buffer>([
    ["oci-layout", Buffer.from('{"imageLayoutVersion":"1.0.0"}')],
  ]);

  addBlob(bytes: Buffer, mediaType: string, extra: Json = {}): Json {
    const hex = sha256(bytes);
    this.files.set(`blobs/sha256/${hex}`, bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length, ...extra };
  }

  addJson(value: Json, mediaType: string, extra: Json = {}): Json {
    return this.addBlob(Buffer.from(JSON.stringify(value)), mediaType, extra);
  }

  /** Adds an image's blobs. @returns the descriptor of its manifest */
  addImage(layers: readonly TestLayer[], options: ImageOptions = {}): Json {
    const config =
      options.editConfig?.(imageConfig(layers, options)) ?? imageConfig(layers, options);
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: this.addJson(config, CONFIG_TYPE),
      layers: layers.map(({ tar, blob, mediaType, urls }) =>
        this.addBlob(blob ?? tar, mediaType ?? LAYER, urls && { urls }),
      ),
    };
    return this.addJson(options.editManifest?.(manifest) ?? manifest, MANIFEST_TYPE);
  }

  setIndex(manifests: Json[], extra: Json = {}): this {
    const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests, ...extra };
    this.files.set("index.json", Buffer.from(JSON.stringify(index)));
    return this;
  }

  /** As a tar. */
  toArchive(): Buffer {
    return tar([...this.files].map(([name, content]) => file(name, content)));
  }

  /** As a directory, which is created. */
  async writeTo(path: string): Promise<void> {
    for (const [name, content] of this.files) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), content);
    }
  }
}

export interface ImageOptions {
  architecture?: string;
  config?: Json;
  editConfig?: (config: Json) => Json;
  editManifest?: (manifest: Json) => Json;
}

function imageConfig(layers: readonly TestLayer[], options: ImageOptions): Json {
  return {
    os: "linux",
    architecture: options.architecture ?? "amd64",
    config: options.config ?? {},
    rootfs: { type: "layers", diff_ids: layers.map(({ tar }) => `sha256:${sha256(tar)}`) },
  };
}

/** An OCI archive of one image. */
export function ociArchive(layers: readonly TestLayer[], options: ImageOptions = {}): Buffer {
  const layout = new TestLayout();
  return layout.setIndex([layout.addImage(layers, options)]).toArchive();
}

/** What `docker save` wrote before version 25: a directory per layer. */
export function dockerArchive(
  layers: readonly TestLayer[],
  options: ImageOptions & { editImages?: (images: Json[]) => Json; extra?: TestEntry[] } = {},
): Buffer {
  const config = imageConfig(layers, options);
  const configBytes = Buffer.from(JSON.stringify(options.editConfig?.(config) ?? config));
  const names = layers.map((_, index) => `layer${index}/layer.tar`);
  const images = [
    { Config: `${sha256(configBytes)}.json`, RepoTags: ["test:latest"], Layers: names },
  ];
  return tar([
    file(`${sha256(configBytes)}.json`, configBytes),
    ...layers.map(({ tar: bytes, blob }, index) => file(names[index] ?? "", blob ?? bytes)),
    file("manifest.json", JSON.stringify(options.editImages?.(images) ?? images)),
    ...(options.extra ?? []),
  ]);
}
