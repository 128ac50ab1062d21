import { displayName } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

const GIBIBYTE = 1024 ** 3;
const LARGE = GIBIBYTE;
const HUGE = 4 * GIBIBYTE;

/**
 * What a .gvmi has of its files' bytes, measured on 716 MB of a Debian system with Python and FFmpeg
 * (docs/benchmarks.md): gzip 263 MB, xz 215 MB.
 */
export const BALANCED_SHARE = 0.37;
export const SMALLEST_SHARE = 0.3;

const SHOWN_DIRECTORIES = 3;

export const imageSize: Rule = {
  id: "GVM019",
  name: "image-size",
  severity: "info",
  depths: ["files"],
  summary: "The image is large.",
  why: "Each provider downloads the whole image before its first task, and the requestor waits and pays for it.",
  cure: "Start from a slim base image, copy only results from the stages that build, and convert with --compression smallest.",
  page: {
    bad: `FROM nvidia/cuda:12.4.1-devel-ubuntu22.04
COPY . /app
RUN make -C /app`,
    good: `FROM nvidia/cuda:12.4.1-devel-ubuntu22.04 AS build
COPY . /app
RUN make -C /app
FROM ubuntu:22.04
COPY --from=build /app/result /usr/local/bin/result`,
    affected: "All providers.",
  },
  *check(context) {
    if (!context.entries) return;
    let total = 0;
    const directories = new Map<string, number>();
    for (const { path, size } of context.entries) {
      if (size === 0) continue;
      total += size;
      const directory = path.split("/", 3).slice(0, -1).slice(0, 2).join("/");
      directories.set(directory, (directories.get(directory) ?? 0) + size);
    }
    if (total < LARGE) return;
    const largest = [...directories]
      .sort(([, left], [, right]) => right - left)
      .slice(0, SHOWN_DIRECTORIES)
      .map(([path, bytes]) => `/${displayText(displayName(path))} ${formatBytes(bytes)}`);
    const [balanced, smallest] = [BALANCED_SHARE, SMALLEST_SHARE].map((share) => total * share);
    yield {
      place: basePlace(context),
      severity: total >= HUGE ? "warning" : "info",
      message: `The image has ${formatBytes(total)} of files (most in ${largest.join(", ")}). Providers have to download about ${formatBytes(balanced ?? 0)}, or ${formatBytes(smallest ?? 0)} with --compression smallest, as far as its files compress as a Debian system's do.`,
    };
  },
};
