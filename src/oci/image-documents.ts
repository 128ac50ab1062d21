import * as v from "valibot";

/**
 * The JSON documents of an image. What a document has beyond these keys is of no interest here.
 *
 * @see https://github.com/opencontainers/image-spec/tree/v1.1.0
 */

/** JSON of Go writes an empty list or map as null. */
const nullable = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(
    v.nullish(schema),
    v.transform((value) => value ?? undefined),
  );

const text = v.string();
const texts = nullable(v.array(text));
const set = nullable(v.record(text, v.unknown()));

const PlatformSchema = v.object({
  os: text,
  architecture: text,
  variant: nullable(text),
});

const DescriptorSchema = v.object({
  mediaType: nullable(text),
  digest: text,
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  urls: texts,
  platform: nullable(PlatformSchema),
  annotations: nullable(v.record(text, text)),
});

export type Descriptor = v.InferOutput<typeof DescriptorSchema>;
export type Platform = v.InferOutput<typeof PlatformSchema>;

/** A document must be an index or a manifest, never both (CVE-2021-41190). */
const notBoth = v.check<Record<string, unknown>, string>(
  (document) => !("manifests" in document && ("layers" in document || "config" in document)),
  "it claims to be both an index and a manifest",
);

const document = v.pipe(v.record(text, v.unknown()), notBoth);

export const IndexSchema = v.pipe(
  document,
  v.object({ mediaType: nullable(text), manifests: v.array(DescriptorSchema) }),
);

export const ManifestSchema = v.pipe(
  document,
  v.object({
    mediaType: nullable(text),
    config: DescriptorSchema,
    layers: v.array(DescriptorSchema),
  }),
);

export const LayoutSchema = v.object({
  imageLayoutVersion: v.pipe(text, v.startsWith("1.", "only version 1 of image layouts is known")),
});

export const RunConfigSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), "expected an object, received an array"),
  v.looseObject({
    User: nullable(text),
    ExposedPorts: set,
    Env: texts,
    Entrypoint: texts,
    Cmd: texts,
    Volumes: set,
    WorkingDir: nullable(text),
    Labels: nullable(v.record(text, text)),
    StopSignal: nullable(text),
  }),
);

export const ImageConfigSchema = v.object({
  os: nullable(text),
  architecture: nullable(text),
  variant: nullable(text),
  config: nullable(RunConfigSchema),
  rootfs: v.object({
    type: v.literal("layers"),
    diff_ids: texts,
  }),
});

export type ImageConfig = v.InferOutput<typeof ImageConfigSchema>;

/** manifest.json of `docker save`. */
export const SavedImagesSchema = v.array(
  v.object({
    Config: text,
    RepoTags: texts,
    Layers: texts,
  }),
);

const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];

const MANIFEST_TYPES = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

const CONFIG_TYPES = [
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
];

export const isIndexType = (type: string | undefined): boolean =>
  type !== undefined && INDEX_TYPES.includes(type);

export const isManifestType = (type: string | undefined): boolean =>
  type === undefined || MANIFEST_TYPES.includes(type);

export const isConfigType = (type: string | undefined): boolean =>
  type === undefined || CONFIG_TYPES.includes(type);

/** Whether a descriptor is of a file system layer, in whichever compression. */
export const isLayerType = (type: string | undefined): boolean =>
  type === undefined ||
  /^application\/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?$/.test(
    type,
  ) ||
  /^application\/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip|\.zstd|\+gzip|\+zstd)?$/.test(
    type,
  );
