import type { Finding } from "../../src/lint/finding.ts";
import { lint } from "../../src/lint/lint.ts";
import type { LintContext } from "../../src/lint/rule.ts";
import { wantedBytes } from "../../src/lint/wanted-bytes.ts";
import type { EntryMetadata } from "../../src/oci/entry.ts";
import type { RunConfig } from "../../src/oci/image-config.ts";
import { entry } from "./lint-text.ts";

/** A file by its content, or any entry by its properties. */
export type TestFile = string | Buffer | (Partial<EntryMetadata> & { content?: string | Buffer });

export interface TestImage {
  /** By path; a path that ends with a slash is a directory. Parents are added. */
  files?: Readonly<Record<string, TestFile>>;
  config?: RunConfig;
  dockerfile?: string;
  commands?: LintContext["commands"];
  compression?: string;
}

export const link = (linkTarget: string): TestFile => ({ type: "symlink", linkTarget });
export const program = (content: string | Buffer): TestFile => ({ content, mode: 0o755 });

/** The findings of one rule on an image, of whose files it reads what it asks for. */
export function imageFindings(rule: string, image: TestImage): Finding[] {
  const { files = {}, config = {}, dockerfile, commands, compression } = image;
  const entries = new Map<string, EntryMetadata>([["", entry("/")]]);
  const contents = new Map<string, Buffer>();
  for (const [path, file] of Object.entries(files)) {
    const parts = path.split("/");
    for (let length = 1; length < parts.length; length++) {
      const parent = parts.slice(0, length).join("/");
      if (!entries.has(parent)) entries.set(parent, entry(`${parent}/`));
    }
    const isPlain = typeof file === "string" || Buffer.isBuffer(file);
    const { content = "", ...properties } = isPlain ? { content: file } : file;
    const bytes = Buffer.from(content as string);
    const described = entry(path, { mode: 0o644, size: bytes.length, ...properties });
    entries.set(described.path, path.endsWith("/") ? { ...described, size: 0 } : described);
    const wanted = described.type === "file" ? wantedBytes(described, config) : 0;
    if (wanted > 0 && bytes.length > 0) contents.set(described.path, bytes.subarray(0, wanted));
  }
  return lint({
    ...(dockerfile !== undefined && { dockerfile: { path: "Dockerfile", text: dockerfile } }),
    image: {
      name: "image",
      config,
      entries: [...entries.values()],
      contents,
      ...(compression !== undefined && { compression }),
    },
    ...(commands && { commands }),
  }).filter((finding) => finding.rule === rule);
}

/** As `severity message`, which most tests are about. */
export function messagesOf(rule: string, image: TestImage): string[] {
  return imageFindings(rule, image).map(({ severity, message }) => `${severity} ${message}`);
}
