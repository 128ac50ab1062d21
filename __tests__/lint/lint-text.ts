import type { BuildOptions } from "../../src/dockerfile/stages.ts";
import type { Finding } from "../../src/lint/finding.ts";
import { lint } from "../../src/lint/lint.ts";
import type { EntryMetadata } from "../../src/oci/entry.ts";
import type { RunConfig } from "../../src/oci/image-config.ts";

export interface Image {
  config?: RunConfig;
  entries?: readonly EntryMetadata[];
  contents?: ReadonlyMap<string, Buffer>;
}

/** The findings of one rule on a Dockerfile, and on the image when it is given. */
export function findingsOf(
  rule: string,
  text: string | undefined,
  image?: Image,
  build?: BuildOptions,
): Finding[] {
  return lint({
    ...(text !== undefined && {
      dockerfile: { path: "Dockerfile", text, ...(build && { build }) },
    }),
    ...(image && { image: { name: "image", config: {}, ...image } }),
  }).filter((finding) => finding.rule === rule);
}

/** As `line:column`, which most tests are about. */
export function placesOf(...parameters: Parameters<typeof findingsOf>): string[] {
  return findingsOf(...parameters).map(({ line, column }) => `${line}:${column}`);
}

/** An entry of an image's file system; a directory when its path ends with a slash. */
export function entry(path: string, properties: Partial<EntryMetadata> = {}): EntryMetadata {
  return {
    path: path.replace(/\/$/, ""),
    type: path.endsWith("/") ? "directory" : "file",
    mode: 0o755,
    uid: 0,
    gid: 0,
    modified: { seconds: 0, nanoseconds: 0 },
    size: 0,
    extendedAttributes: new Map(),
    ...properties,
  };
}
