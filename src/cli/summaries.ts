import type { ConvertResult } from "../pipeline/convert.ts";
import type { RunResult } from "../pipeline/run.ts";
import type { TestImageResult } from "../pipeline/test-image.ts";
import type { PublishResult } from "../publish/publish.ts";
import { formatBytes, formatMilliseconds } from "./format.ts";

const CACHE_OUTCOMES = {
  hit: () => "converted before",
  near: (share: number) => `${Math.floor(share * 100)} % reused from an earlier conversion`,
  miss: () => "nothing reused",
};

/** `hello.gvmi, 1.0 MiB, 98 % reused from an earlier conversion` */
export function describeConversion({ path, size, cache, reusedShare }: ConvertResult): string {
  return `${path}, ${formatBytes(size)}, ${CACHE_OUTCOMES[cache](reusedShare)}`;
}

/** `3 of 3 tests passed on documented under TCG` */
export function describeTests({ tests, profile, accelerator }: TestImageResult): string {
  if (tests.length === 0) {
    return `booted on ${profile} under ${accelerator.toUpperCase()}; no tests, and no shell to try`;
  }
  const passed = tests.filter((test) => test.ok).length;
  return `${passed} of ${tests.length} tests passed on ${profile} under ${accelerator.toUpperCase()}`;
}

/** What the image needed of what the VM has, for the table at the end. */
export function usageRows({ usage, readyMs, runtime }: TestImageResult): [string, string][] {
  const of = (used: number, total: number) => `${formatBytes(used)} of ${formatBytes(total)}`;
  const boot: [string, string][] = [
    ["runtime", `${runtime.name} ${runtime.version}`],
    ["boot", `${readyMs} ms until ready`],
  ];
  if (!usage) return boot;
  return [
    ...boot,
    ["memory in use", of(usage.memoryTotal - usage.memoryAvailable, usage.memoryTotal)],
    ["overlay in use", of(usage.overlayUsed, usage.overlaySize)],
    ["/tmp in use", of(usage.tmpUsed, usage.tmpSize)],
  ];
}

export function publishedRows(published: PublishResult): [string, string][] {
  return [
    ["hash", published.hash],
    ["url", published.url],
    ["package", published.package],
    ["size", `${formatBytes(published.size)} (${published.size} bytes)`],
  ];
}

/** The closing table of a whole run. */
export function resultRows({ convert, test, publish, timings }: RunResult): [string, string][] {
  const identity: [string, string][] = publish
    ? publishedRows(publish)
    : [
        ["hash", convert?.hash ?? ""],
        ["url", "not published"],
        ["size", formatBytes(convert?.size ?? 0)],
      ];
  const times = Object.entries(timings)
    .map(([stage, milliseconds]) => `${stage} ${formatMilliseconds(milliseconds)}`)
    .join(", ");
  return [
    ["file", convert?.path ?? ""],
    ...identity,
    ...(test ? usageRows(test) : []),
    ["timings", times],
  ];
}
