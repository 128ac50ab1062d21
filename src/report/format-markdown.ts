import type { Verdict } from "../checks/test-result.ts";
import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { formatMilliseconds } from "../system/format-milliseconds.ts";
import { printableLine } from "../system/printable-text.ts";
import { describeUse, roomUses } from "./limit-texts.ts";
import { casesOf, countVerdicts, type ReportCase, reasonsOf, titleOf } from "./report-cases.ts";
import { clipText, TextBudget } from "./text-budget.ts";

/** A job's summary on GitHub may have 1 MiB; one character can be 4 bytes. */
const TOTAL_CHARACTERS = 64 * 1024;
const TEXT_CHARACTERS = 4 * 1024;
/** Of a name or a command. */
const LINE_CHARACTERS = 200;
const MAX_ROWS = 300;
const MAX_FAILURES = 50;

const MARKS: Readonly<Record<Verdict, string>> = {
  passed: "✅ passed",
  failed: "❌ failed",
  skipped: "⏭️ not run",
  flaky: "⚠️ flaky",
};

/** A run as GitHub's Markdown, such as for the summary of a job. Nothing that a guest prints is more than text in it. */
export function formatMarkdown(result: TestImageResult): string {
  const budget = new TextBudget(TOTAL_CHARACTERS, TEXT_CHARACTERS);
  const all = result.profiles.map((profile) => ({ profile, cases: casesOf(profile) }));
  const counts = countVerdicts(all.flatMap(({ cases }) => cases));
  const failures = all.flatMap(({ profile, cases }) =>
    cases
      .filter(({ verdict }) => verdict === "failed" || verdict === "flaky")
      .map((reportCase) => ({ profile, reportCase })),
  );
  const details = failures
    .slice(0, MAX_FAILURES)
    .map(({ profile, reportCase }) => describeFailure(reportCase, profile, budget));
  const more = failures.length - details.length;
  return [
    `## ${result.ok ? "✅" : "❌"} ${code(result.image)}\n`,
    `${describeCounts(counts)} in ${formatMilliseconds(result.durationMs)}.\n`,
    ...details,
    ...(more > 0 ? [`… and ${more} more failures.\n`] : []),
    verdictTable(all),
    useTable(result.profiles),
  ].join("\n");
}

function describeCounts(counts: Record<Verdict, number>): string {
  const { failed, flaky, skipped } = counts;
  const passed = counts.passed + flaky;
  const total = passed + failed + skipped;
  const notes = [
    ...(failed > 0 ? [`**${failed} failed**`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(skipped > 0 ? [`${skipped} not run`] : []),
  ];
  return [`${passed} of ${total} passed`, ...notes].join(", ");
}

function describeFailure(
  reportCase: ReportCase,
  { profile }: ProfileResult,
  budget: TextBudget,
): string {
  const { name, verdict, test, repeatCommand } = reportCase;
  const outputs = (test?.steps ?? []).flatMap((step) =>
    (["stdout", "stderr"] as const)
      .filter((stream) => step[stream].text !== "")
      .map((stream) => `${stream} of ${titleOf(step)}:\n${step[stream].text}`),
  );
  const open = verdict === "failed" ? " open" : "";
  const source = test?.source ? ` · ${code(`${test.source.file}:${test.source.line}`)}` : "";
  return [
    `<details${open}><summary>${MARKS[verdict]}: ${code(name)} (${profile})</summary>\n`,
    fence(budget.take(reasonsOf(reportCase).join("\n"))),
    ...(outputs.length > 0 ? [fence(budget.take(outputs.join("\n")))] : []),
    `Repeat it: ${code(repeatCommand)}${source}\n`,
    "</details>\n",
  ].join("\n");
}

/** A column for each profile. */
function verdictTable(
  all: readonly { readonly profile: ProfileResult; readonly cases: readonly ReportCase[] }[],
): string {
  const byName = all.map(({ cases }) => new Map(cases.map((each) => [each.name, each])));
  const names = [...new Set(byName.flatMap((cases) => [...cases.keys()]))];
  const rows = names.slice(0, MAX_ROWS).map((name) => [
    code(name),
    ...byName.map((cases) => {
      const found = cases.get(name);
      return found ? `${MARKS[found.verdict]} (${formatMilliseconds(found.durationMs)})` : "–";
    }),
  ]);
  const table = toTable([["test", ...all.map(({ profile }) => profile.profile)], ...rows]);
  const more = names.length - rows.length;
  return more > 0 ? `${table}\n… and ${more} more tests.\n` : table;
}

function useTable(profiles: readonly ProfileResult[]): string {
  const columns = profiles.map((profile) => ({
    profile,
    uses: new Map(roomUses(profile).map((use) => [use.name, describeUse(use)])),
  }));
  const labels = [...new Set(columns.flatMap(({ uses }) => [...uses.keys()]))];
  return toTable([
    ["most in use", ...profiles.map(({ profile }) => profile)],
    [
      "boot",
      ...profiles.map(({ readyMs }) => (readyMs === null ? "never" : formatMilliseconds(readyMs))),
    ],
    ...labels.map((label) => [code(label), ...columns.map(({ uses }) => uses.get(label) ?? "–")]),
  ]);
}

export function toTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((row) => `| ${row.join(" | ")} |`);
  const rule = `|${" --- |".repeat(rows[0]?.length ?? 0)}`;
  return `${[head, rule, ...body].join("\n")}\n`;
}

/** Text as code, which neither mentions people nor links anywhere. In HTML, since a backtick or a bar ends Markdown's. */
export function code(text: string, limit = LINE_CHARACTERS): string {
  return `<code>${escapeHtml(printableLine(clipText(text, limit)))}</code>`;
}

function escapeHtml(text: string): string {
  return text.replace(
    /(?<=www)\.|[^\p{L}\p{N} /=,.-]/giu,
    (character) => `&#${character.codePointAt(0)};`,
  );
}

/** A block of text, between more backticks than it has anywhere in a row. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}text\n${text}\n${mark}\n`;
}
