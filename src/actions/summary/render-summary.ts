import { code, fence, toTable } from "../../report/format-markdown.ts";
import { clipText } from "../../report/text-budget.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import { printableText } from "../../system/printable-text.ts";
import type { StageRecord, StageValue } from "../results/stage-record.ts";

/** GitHub refuses the summary of a step that has more; a part is left for what is around it. */
const MAX_BYTES = 1000 * 1024;
const MAX_FINDINGS = 100;
const MESSAGE_CHARACTERS = 1024;
const REASON_CHARACTERS = 4096;
/** Package strings and URLs are there to be copied. */
const FACT_CHARACTERS = 4096;
const MEBIBYTE = 1024 ** 2;

const MARKS: Readonly<Record<StageRecord["outcome"], string>> = {
  passed: "✅",
  failed: "❌",
  skipped: "⏭️",
};

export interface SummaryOptions {
  /** The page of the run, where the artifacts are. */
  readonly runUrl?: string | undefined;
  /** The most that the text may have; a job's summary by default. */
  readonly maxBytes?: number;
}

/**
 * What the stages of a job did, as GitHub's Markdown: most important first. Nothing of an image, a guest or a
 * Dockerfile is more than text in it. Sections that do not fit are left out, from the end.
 */
export function renderSummary(
  records: readonly StageRecord[],
  { runUrl, maxBytes = MAX_BYTES }: SummaryOptions = {},
): string {
  const value: StageValue = Object.assign({}, ...records.map((record) => record.value));
  const sections = [
    verdict(records, value),
    ...records.filter(({ outcome }) => outcome === "failed").map(failure),
    identity(value),
    lintTable(value),
    ...(value.test ? [value.test.markdown, room(value.test.requirements)] : []),
    snippets(value.publish),
    timings(records),
    runUrl === undefined ? "" : `[Logs and artifacts of this run](${runUrl})\n`,
  ].filter((section) => section !== "");
  return joinUpTo(maxBytes, sections);
}

function joinUpTo(maxBytes: number, sections: readonly string[]): string {
  const note = "\n_The rest does not fit here; it is in the log and in the reports._\n";
  let text = "";
  for (const section of sections) {
    const longer = text === "" ? section : `${text}\n${section}`;
    if (Buffer.byteLength(longer) + Buffer.byteLength(note) > maxBytes) return text + note;
    text = longer;
  }
  return text;
}

function verdict(records: readonly StageRecord[], { test, publish }: StageValue): string {
  const failed = records.find(({ outcome }) => outcome === "failed");
  if (failed) return `## ❌ Golem image: ${failed.stage} failed\n`;
  const works = test ? `: ${code(test.summary)}` : "";
  return `## ✅ Golem image${publish ? " published" : ""}${works}\n`;
}

function failure({ stage, reason, hint }: StageRecord): string {
  const text = printableText([reason, hint].filter(Boolean).join("\n"));
  return `**${stage}**\n\n${fence(clipText(text, REASON_CHARACTERS))}`;
}

/** What the image is and where; nothing before there is one. */
function identity({ build, convert, publish }: StageValue): string {
  const rows: [string, string][] = [
    ...row("hash", publish?.hash ?? convert?.hash),
    ...row("url", publish?.url),
    ...row("package", publish?.package),
    ...(publish?.tags ?? []).flatMap((tag) => row("tag", tag)),
    ...sizeRows(convert, publish?.size),
    ...row("sha256", convert?.sha256),
    ...row("built", build && `with ${build.builder}`),
    ...row("cache", convert && describeCache(convert)),
    ...(publish?.warnings ?? []).flatMap((warning) => row("⚠️", warning)),
  ];
  return rows.length === 0 ? "" : toTable([["image", ""], ...rows]);
}

function row(name: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[name, code(text, FACT_CHARACTERS)]];
}

function sizeRows(
  convert: StageValue["convert"],
  published: number | undefined,
): [string, string][] {
  const size = convert?.size ?? published;
  if (size === undefined) return [];
  const rows: [string, string][] = [["size", `${formatBytes(size)} (${size} bytes)`]];
  if (convert?.previous) {
    const { hash, size: before } = convert.previous;
    rows.push(["change", `${describeChange(size, before)} against ${code(hash)}`]);
  }
  if (convert && convert.maxSize !== null) {
    const share = Math.round((100 * size) / (convert.maxSize * MEBIBYTE));
    const mark = size > convert.maxSize * MEBIBYTE ? "❌ " : "";
    rows.push(["budget", `${mark}${share} % of ${convert.maxSize} MiB`]);
  }
  return rows;
}

/** `+1.2 MiB (+3.4 %)` */
function describeChange(size: number, before: number): string {
  const difference = size - before;
  if (difference === 0) return "none";
  const sign = difference > 0 ? "+" : "−";
  const share =
    before === 0 ? "" : ` (${sign}${((100 * Math.abs(difference)) / before).toFixed(1)} %)`;
  return `${sign}${formatBytes(Math.abs(difference))}${share}`;
}

function describeCache({ cache, reusedShare }: NonNullable<StageValue["convert"]>): string {
  if (cache === "hit") return "hit: converted before";
  if (cache === "miss") return "miss";
  return `near: ${Math.floor(reusedShare * 100)} % reused from an earlier conversion`;
}

const SEVERITY_MARKS = { error: "❌ error", warning: "⚠️ warning", info: "ℹ️ info" } as const;

function lintTable({ findings }: StageValue): string {
  if (findings === undefined) return "";
  if (findings.length === 0) return "Lint found nothing.\n";
  const rows = findings
    .slice(0, MAX_FINDINGS)
    .map(({ rule, severity, file, line, message }) => [
      SEVERITY_MARKS[severity],
      code(rule),
      code(`${file}:${line}`),
      code(message, MESSAGE_CHARACTERS),
    ]);
  const more = findings.length - rows.length;
  const table = toTable([["lint", "rule", "where", "what"], ...rows]);
  return more > 0 ? `${table}\n… and ${more} more findings.\n` : table;
}

function room(requirements: NonNullable<StageValue["test"]>["requirements"]): string {
  if (!requirements) return "";
  const { memoryGib, storageGib, isExact } = requirements;
  const how = isExact ? "the least that works" : "what the tests took";
  return `A demand should ask for ${memoryGib} GiB of memory and ${storageGib} GiB of storage (${how}, and a margin).\n`;
}

function snippets(publish: StageValue["publish"]): string {
  const parts = (publish?.snippets ?? []).map(
    ({ consumer, language, code: text }) =>
      `<details><summary>${code(consumer)}</summary>\n\n${fence(text.trimEnd()).replace(/^(`+)text\n/, (_, mark) => `${mark}${/^[a-z]+$/.test(language) ? language : "text"}\n`)}\n</details>\n`,
  );
  return parts.length === 0 ? "" : `Use it:\n\n${parts.join("\n")}`;
}

/** A bar for each stage. The names are our own, so nothing in it has to be escaped. */
function timings(records: readonly StageRecord[]): string {
  const ran = records.filter(({ outcome }) => outcome !== "skipped");
  const [first] = ran;
  const skipped = records
    .filter(({ outcome }) => outcome === "skipped")
    .map(({ stage, reason }) => `${MARKS.skipped} ${stage}: ${code(reason)}\n`)
    .join("\n");
  if (!first || ran.length < 2) return skipped;
  const bars = ran.map(({ stage, outcome, startedAt, durationMs }) => {
    const start = Math.max(0, Math.round(startedAt - first.startedAt));
    const state = outcome === "failed" ? "crit, " : "";
    const label = `${stage} ${formatMilliseconds(durationMs)}`;
    return `  ${label} :${state}${start}, ${start + Math.max(1, Math.round(durationMs))}`;
  });
  const chart = ["gantt", "  dateFormat x", "  axisFormat %M:%S", "  section stages", ...bars];
  return `${skipped}\n\`\`\`mermaid\n${chart.join("\n")}\n\`\`\`\n`;
}
