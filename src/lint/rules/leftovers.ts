import { formatBytes } from "../../system/format-bytes.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

/** Files that are rarely needed at run time. */
export interface LeftoverKind {
  readonly name: string;
  readonly pattern: RegExp;
  /** Bytes from which on it is worth a word. */
  readonly least: number;
}

const MEBIBYTE = 1024 * 1024;
const CACHE = 5 * MEBIBYTE;
const TOOLS = 50 * MEBIBYTE;
const DOCUMENTS = 20 * MEBIBYTE;

export const LEFTOVER_KINDS: readonly LeftoverKind[] = [
  { name: "apt's package lists", pattern: /^var\/lib\/apt\/lists\//, least: CACHE },
  { name: "apt's packages", pattern: /^var\/cache\/apt\//, least: CACHE },
  { name: "apk's cache", pattern: /^(var\/cache|etc)\/apk\/(?:cache\/)?/, least: CACHE },
  { name: "dnf's cache", pattern: /^var\/cache\/(dnf|yum|libdnf5)\//, least: CACHE },
  { name: "pip's cache", pattern: /(^|\/)\.cache\/pip\//, least: CACHE },
  { name: "npm's cache", pattern: /(^|\/)\.npm\/_cacache\//, least: CACHE },
  { name: "Yarn's cache", pattern: /(^|\/)\.cache\/yarn\//, least: CACHE },
  { name: "Conda's packages", pattern: /(conda|forge|mamba)[^/]*\/pkgs\//, least: CACHE },
  { name: "Cargo's registry", pattern: /(^|\/)\.?cargo\/registry\//, least: CACHE },
  { name: "Go's caches", pattern: /(\.cache\/go-build|go\/pkg\/mod\/cache)\//, least: CACHE },
  { name: "Maven's repository", pattern: /(^|\/)\.m2\/repository\//, least: CACHE },
  { name: "Gradle's caches", pattern: /(^|\/)\.gradle\/caches\//, least: CACHE },
  { name: "Git's history", pattern: /(^|\/)\.git\/objects\//, least: CACHE },
  { name: "GCC", pattern: /^usr\/(lib|libexec)\/gcc\//, least: TOOLS },
  { name: "C headers", pattern: /^usr\/include\//, least: TOOLS },
  { name: "Rust's toolchains", pattern: /(^|\/)\.?rustup\/toolchains\//, least: TOOLS },
  { name: "Go's toolchain", pattern: /^usr\/local\/go\//, least: TOOLS },
  { name: "documentation", pattern: /^usr\/share\/(doc|man|info|gtk-doc)\//, least: DOCUMENTS },
  { name: "translations", pattern: /^usr\/share\/locale\//, least: DOCUMENTS },
];

export const leftovers: Rule = {
  id: "GVM119",
  name: "leftovers",
  severity: "info",
  depths: ["files"],
  summary: "Package caches, build tools or documentation are left in the image.",
  why: "Each provider downloads them with the image, and nothing uses them there.",
  cure: "Remove caches in the RUN that fills them, and build in a stage of its own.",
  page: {
    bad: `FROM debian:12
RUN apt-get update && apt-get install -y gcc libc6-dev
COPY tool.c /
RUN gcc -o /usr/local/bin/tool /tool.c`,
    good: `FROM debian:12 AS build
RUN apt-get update && apt-get install -y gcc libc6-dev
COPY tool.c /
RUN gcc -static -o /usr/local/bin/tool /tool.c
FROM debian:12-slim
COPY --from=build /usr/local/bin/tool /usr/local/bin/tool`,
    affected: "All providers.",
  },
  *check(context) {
    if (!context.entries) return;
    const sizes = new Map<LeftoverKind, number>();
    for (const { path, size } of context.entries) {
      const kind =
        size === 0 ? undefined : LEFTOVER_KINDS.find(({ pattern }) => pattern.test(path));
      if (kind) sizes.set(kind, (sizes.get(kind) ?? 0) + size);
    }
    const found = [...sizes]
      .filter(([{ least }, bytes]) => bytes >= least)
      .sort(([, left], [, right]) => right - left);
    if (found.length === 0) return;
    const total = found.reduce((sum, [, bytes]) => sum + bytes, 0);
    const parts = found.map(([{ name }, bytes]) => `${name} ${formatBytes(bytes)}`);
    yield {
      place: basePlace(context),
      message: `${formatBytes(total)} of the image's files are of the kind that is rarely needed at run time: ${parts.join(", ")}.`,
      cure: "Remove caches in the RUN that fills them; build in a stage of its own, and copy only results from it.",
    };
  },
};
