import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ImageSourceError } from "../../src/errors.ts";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import {
  dockerArchive,
  file,
  gzipped,
  hardLink,
  INDEX_TYPE,
  MANIFEST_TYPE,
  ociArchive,
  plain,
  symlink,
  TestLayout,
  tar,
} from "../support/archives.ts";
import { collect, flattenArchive } from "../support/flatten.ts";

const LAYERS = [gzipped([file("a", "1"), file("b", "2")]), plain([file(".wh.a", "")])];
const read = async (archive: Buffer) =>
  (await flattenArchive(archive)).map(({ path, content }) => [path, content]);
const FLAT = [
  ["", undefined],
  ["b", "2"],
];

/** The archive's message when it is refused. */
async function refusal(archive: Buffer): Promise<string> {
  const error = await flattenArchive(archive).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageSourceError);
  return (error as ImageSourceError).message;
}

describe("an image is read from", () => {
  test("an OCI archive", async () => {
    expect(await read(ociArchive(LAYERS))).toEqual(FLAT);
  });

  test("an OCI layout directory", async () => {
    await withTemporaryDirectory(async (directory) => {
      const layout = new TestLayout();
      await layout.setIndex([layout.addImage(LAYERS)]).writeTo(directory);
      const entries = await withImage(directory, {}, async (image) =>
        collect(image.entries(await image.readTree())),
      );
      expect(entries.map(({ path, content }) => [path, content])).toEqual(FLAT);
    });
  });

  test("what docker save wrote before version 25", async () => {
    expect(await read(dockerArchive(LAYERS))).toEqual(FLAT);
  });

  test("what docker save writes since: both formats in one", async () => {
    const layout = new TestLayout();
    layout.setIndex([layout.addImage(LAYERS)]);
    layout.files.set("manifest.json", Buffer.from("[]"));
    expect(await read(layout.toArchive())).toEqual(FLAT);
  });

  test("what docker save writes when only its manifest.json is understood", async () => {
    const layout = new TestLayout();
    const { digest } = layout.addImage(LAYERS);
    const manifest = JSON.parse(String(layout.files.get(blobName(digest))));
    layout.files.delete("oci-layout");
    const images = [
      {
        Config: blobName(manifest.config.digest),
        RepoTags: null,
        Layers: manifest.layers.map((layer: { digest: string }) => blobName(layer.digest)),
      },
    ];
    layout.files.set("manifest.json", Buffer.from(JSON.stringify(images)));
    expect(await read(layout.toArchive())).toEqual(FLAT);
  });

  test("a docker archive whose layers are links to each other", async () => {
    const archive = (name: string) =>
      dockerArchive(LAYERS.slice(0, 1), {
        editImages: ([image]) => [{ ...image, Layers: [name] }],
        extra: [
          symlink("linked/layer.tar", "../layer0/layer.tar"),
          hardLink("hard.tar", "layer0/layer.tar"),
        ],
      });
    for (const name of ["linked/layer.tar", "hard.tar", "./layer0//layer.tar"]) {
      expect(await read(archive(name))).toHaveLength(3);
    }
  });

  test("archives whose gzip layers have several members and padding", async () => {
    const bytes = tar([file("a", "x".repeat(5000))]);
    const members = Buffer.concat([
      gzipSync(bytes.subarray(0, 700)),
      gzipSync(bytes.subarray(700)),
    ]);
    for (const padding of [0, 10, 3 * 1024 * 1024]) {
      const blob = Buffer.concat([members, Buffer.alloc(padding)]);
      expect(await read(ociArchive([{ tar: bytes, blob }]))).toHaveLength(2);
    }
  });
});

describe("the image for linux/amd64 is found", () => {
  const platform = (architecture: string, variant?: string) => ({
    platform: { os: "linux", architecture, ...(variant && { variant }) },
  });

  test("in an index in the index, past attestations and other platforms", async () => {
    const layout = new TestLayout();
    const image = layout.addImage(LAYERS);
    const other = layout.addImage([plain([file("arm")])], { architecture: "arm64" });
    const attestation = layout.addImage([], { architecture: "unknown" });
    const nested = layout.addJson(
      {
        schemaVersion: 2,
        mediaType: INDEX_TYPE,
        manifests: [
          { ...other, ...platform("arm64", "v8") },
          { ...image, ...platform("amd64") },
          { ...attestation, platform: { os: "unknown", architecture: "unknown" } },
          { ...attestation, annotations: { "vnd.docker.reference.type": "attestation-manifest" } },
        ],
      },
      INDEX_TYPE,
    );
    expect(await read(layout.setIndex([nested]).toArchive())).toEqual(FLAT);
  });

  test("by its configuration when the index does not say", async () => {
    const layout = new TestLayout();
    const arm = layout.addImage([], { architecture: "arm64" });
    expect(await read(layout.setIndex([arm, layout.addImage(LAYERS)]).toArchive())).toEqual(FLAT);
  });

  test("once, however many names it has", async () => {
    const layout = new TestLayout();
    const image = layout.addImage(LAYERS);
    const named = { ...image, annotations: { "org.opencontainers.image.ref.name": "x" } };
    expect(await read(layout.setIndex([image, named]).toArchive())).toEqual(FLAT);
  });

  test("without a variant rather than with one", async () => {
    const layout = new TestLayout();
    const newer = { ...layout.addImage([]), ...platform("amd64", "v3") };
    const image = { ...layout.addImage(LAYERS), ...platform("amd64") };
    expect(await read(layout.setIndex([newer, image]).toArchive())).toEqual(FLAT);
  });
});

describe("an image is refused", () => {
  test("when it is for other platforms, which are listed", async () => {
    const layout = new TestLayout();
    const arm = {
      ...layout.addImage(LAYERS),
      platform: { os: "linux", architecture: "arm64", variant: "v8" },
    };
    const s390x = layout.addImage([], { architecture: "s390x" });
    expect(await refusal(layout.setIndex([arm, s390x]).toArchive())).toMatch(
      /has no image for linux\/amd64\. It has linux\/arm64\/v8, linux\/s390x\.$/,
    );
    expect(await refusal(dockerArchive(LAYERS, { architecture: "arm64" }))).toContain(
      "linux/arm64",
    );
  });

  test("when there are several, which are listed", async () => {
    const layout = new TestLayout();
    const named = (name: string, layers: typeof LAYERS) => ({
      ...layout.addImage(layers),
      annotations: { "org.opencontainers.image.ref.name": name },
    });
    const archive = layout.setIndex([named("one", LAYERS), named("two", [])]).toArchive();
    expect(await refusal(archive)).toMatch(/several images for linux\/amd64: one, two\.$/);
    const twice = dockerArchive(LAYERS, {
      editImages: ([image]) => [image, { ...image, Config: "other.json", RepoTags: ["b:c"] }],
    });
    expect(await refusal(twice)).toMatch(/several images: "test:latest", "b:c"\.$/);
  });

  test("when indexes are nested twice or contain themselves", async () => {
    const layout = new TestLayout();
    const wrap = (manifests: unknown[]) =>
      layout.addJson({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests }, INDEX_TYPE);
    const nested = wrap([wrap([layout.addImage(LAYERS)])]);
    expect(await refusal(layout.setIndex([nested]).toArchive())).toContain("One level is the most");
  });

  test.each([
    ["../../x", "sha256:../../x"],
    ["upper case", `sha256:${"A".repeat(64)}`],
    ["too short", "sha256:abc"],
    ["unknown", `md5:${"a".repeat(32)}`],
  ])("when a digest is %s", async (_, digest) => {
    const layout = new TestLayout();
    const image = { ...layout.addImage(LAYERS), digest };
    expect(await refusal(layout.setIndex([image]).toArchive())).toContain("must be sha256:");
    const withLayer = ociArchive(LAYERS, {
      editManifest: (manifest) => ({
        ...manifest,
        layers: [{ ...manifest.layers[0], digest }, manifest.layers[1]],
      }),
    });
    expect(await refusal(withLayer)).toContain("must be sha256:");
    const withDiffId = ociArchive(LAYERS, {
      editConfig: (config) => ({
        ...config,
        rootfs: { type: "layers", diff_ids: [digest, digest] },
      }),
    });
    expect(await refusal(withDiffId)).toContain("must be sha256:");
  });

  test("when one bit of any blob is flipped", async () => {
    const layout = new TestLayout();
    layout.setIndex([layout.addImage(LAYERS)]);
    const blobs = [...layout.files.keys()].filter((name) => name.startsWith("blobs/"));
    expect(blobs).toHaveLength(4);
    for (const name of blobs) {
      const good = layout.files.get(name) as Buffer;
      for (const at of [0, Math.floor(good.length / 2), good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] as number) ^ 1;
        layout.files.set(name, bad);
        expect(await refusal(layout.toArchive())).toContain("does not match its digest");
      }
      layout.files.set(name, good);
    }
  });

  test("when one bit of a layer without a digest of its own is flipped", async () => {
    const layer = plain([file("a", "1".repeat(600))]);
    const bad = Buffer.from(layer.tar);
    bad[700] = (bad[700] as number) ^ 1;
    expect(await refusal(dockerArchive([{ tar: layer.tar, blob: bad }]))).toContain(
      "does not match its digest",
    );
  });

  test("when a document is both a manifest and an index", async () => {
    const both = ociArchive(LAYERS, {
      editManifest: (manifest) => ({ ...manifest, manifests: [] }),
    });
    expect(await refusal(both)).toContain("both an index and a manifest");
    const layout = new TestLayout();
    layout.setIndex([layout.addImage(LAYERS)], { layers: [] });
    expect(await refusal(layout.toArchive())).toContain("both an index and a manifest");
  });

  test("when a layer is to be fetched from elsewhere", async () => {
    const foreign = { ...plain([file("a")]), urls: ["http://127.0.0.1:1/layer"] };
    expect(await refusal(ociArchive([foreign]))).toContain("foreign layer");
  });

  test("when a layer is not a tar of a file system", async () => {
    const layer = { ...plain([file("a")]), mediaType: "application/vnd.in-toto+json" };
    expect(await refusal(ociArchive([layer]))).toContain("not that of a file system layer");
  });

  test("when it is an artifact and no container image", async () => {
    const archive = ociArchive(LAYERS, {
      editManifest: (manifest) => ({
        ...manifest,
        config: { ...manifest.config, mediaType: "application/vnd.oci.empty.v1+json" },
      }),
    });
    expect(await refusal(archive)).toContain("not that of a container image");
  });

  test("when its configuration and its manifest disagree on the layers", async () => {
    const archive = ociArchive(LAYERS, {
      editConfig: (config) => ({ ...config, rootfs: { type: "layers", diff_ids: [] } }),
    });
    expect(await refusal(archive)).toContain("has 0 diff_ids, its manifest 2 layers");
  });

  test("when a blob is missing or has another size than was said", async () => {
    const layout = new TestLayout();
    const image = layout.addImage(LAYERS);
    expect(await refusal(layout.setIndex([{ ...image, size: 1 }]).toArchive())).toContain(
      "its descriptor says 1",
    );
    layout.setIndex([image]).files.delete(blobName(image.digest));
    expect(await refusal(layout.toArchive())).toContain("is not in ");
  });

  test("when a docker archive names files outside itself", async () => {
    const layers = dockerArchive(LAYERS, {
      editImages: ([image]) => [{ ...image, Layers: ["../../etc/passwd", "/etc/passwd"] }],
    });
    expect(await refusal(layers)).toMatch(/has no file "\.\.\/\.\.\/etc\/passwd"/);
    const config = dockerArchive(LAYERS, {
      editImages: ([image]) => [{ ...image, Config: "/etc/hostname" }],
    });
    expect(await refusal(config)).toContain('has no file "/etc/hostname"');
  });

  test("when a document is malformed, with the place", async () => {
    const archive = ociArchive(LAYERS, { config: { Env: "A=b" } });
    expect(await refusal(archive)).toMatch(
      /configuration sha256:[0-9a-f]{12} is malformed at "config\.Env"/,
    );
    const layout = new TestLayout();
    layout.files.set("index.json", Buffer.from("{"));
    expect(await refusal(layout.toArchive())).toContain("is not JSON");
  });

  test("when a document is too large to be one", async () => {
    const layout = new TestLayout();
    const blob = layout.addBlob(Buffer.alloc(5 * 1024 * 1024, " "), MANIFEST_TYPE);
    expect(await refusal(layout.setIndex([blob]).toArchive())).toContain("5242880 bytes");
  });
});

describe("what is no image archive is refused", () => {
  test.each<[string, Buffer, RegExp]>([
    ["an empty file", Buffer.alloc(0), /is empty\.$/],
    ["text", Buffer.from("FROM scratch\n"), /is not a tar file\.$/],
    ["a compressed archive", gzipSync(ociArchive(LAYERS)), /compressed with gzip as a whole/],
    [
      "the tar of a file system",
      tar([file("etc/passwd")]),
      /neither oci-layout and index.json nor manifest.json/,
    ],
    ["a truncated archive", ociArchive(LAYERS).subarray(0, 1600), /the archive ends within it/],
  ])("%s", async (_, bytes, message) => {
    expect(await refusal(bytes)).toMatch(message);
  });

  test("nothing at all, or an empty directory", async () => {
    await withTemporaryDirectory(async (directory) => {
      const open = (path: string) => withImage(path, {}, async () => undefined);
      await expect(open(join(directory, "none"))).rejects.toThrow("There is no image archive at ");
      await expect(open(directory)).rejects.toThrow("is not an OCI layout");
      await mkdir(join(directory, "index.json"));
      await writeFile(join(directory, "oci-layout"), "{}");
      await expect(open(directory)).rejects.toThrow("is not an OCI layout");
    });
  });
});

test("an archive that is written to after it was verified is refused", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image.tar");
    const archive = ociArchive(LAYERS);
    await writeFile(path, archive);
    const reading = withImage(path, {}, async (image) => {
      const tree = await image.readTree();
      await writeFile(path, archive.fill("x", archive.length - 3000, archive.length - 2000));
      return await collect(image.entries(tree));
    });
    await expect(reading).rejects.toThrow("the archive changed while it was read");
    await expect(reading).rejects.toBeInstanceOf(ImageSourceError);
  });
});

test("reading ends when it is aborted", async () => {
  const controller = new AbortController();
  const reading = flattenArchive(ociArchive(LAYERS), {
    signal: controller.signal,
    onLayer: () => controller.abort(new Error("enough")),
  });
  await expect(reading).rejects.toThrow("enough");
});

function blobName(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}
