import { createHash } from "node:crypto";
import type { Verdict } from "../../checks/test-result.ts";
import type { TestImageResult } from "../../pipeline/profile-result.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import type { TestReportOptions } from "../format-report.ts";
import { casesOf, countVerdicts } from "../report-cases.ts";
import { TextBudget } from "../text-budget.ts";
import { Html, html } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { profileSection } from "./profile-section.ts";
import { sizeSection } from "./treemap.ts";

const TOTAL_CHARACTERS = 16 * 1024 * 1024;
const TEXT_CHARACTERS = 64 * 1024;

/**
 * A run as one page that needs nothing but a browser: no network, no other files. Its policy lets nothing run or
 * load but its own script and style, and all text of guests and files is escaped.
 */
export function formatHtml(
  result: TestImageResult,
  { version, size }: Pick<TestReportOptions, "version" | "size">,
): string {
  const budget = new TextBudget(TOTAL_CHARACTERS, TEXT_CHARACTERS);
  const sections = result.profiles.map((profile, index) => ({
    profile,
    id: `profile-${index}`,
    cases: casesOf(profile).map((reportCase, number) => ({
      id: `test-${index}-${number}`,
      reportCase,
    })),
  }));
  const all = sections.flatMap(({ cases }) => cases.map(({ reportCase }) => reportCase));
  const counts = countVerdicts(all);
  const links = [
    ...sections.map(
      ({ profile, id }) =>
        html`<li><a href="#${id}">${profile.ok ? "✓" : "✗"} ${profile.profile}</a></li>`,
    ),
    ...(size ? [html`<li><a href="#size">Size</a></li>`] : []),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${result.ok ? "✓" : "✗"} ${result.image}</title>
<style>${Html.trusted(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>${result.image}</h1>
<div class="banner ${result.ok ? "passed" : "failed"}"><strong>${headline(result.ok, counts)}</strong>
<p class="faint">${describeRun(result, version)}</p></div>
${links.length > 1 && html`<nav aria-label="Parts"><ul>${links}</ul></nav>`}
</header>
<div class="toolbar" role="search" hidden>
<input id="search" type="search" placeholder="Find tests by name" aria-label="Find tests by name">
${filterButtons(counts, all.length)}
<button type="button" id="toggle">Open or close all</button>
<span id="shown" class="faint" role="status"></span>
</div>
<p class="keys faint">Keys: <kbd>/</kbd> find, <kbd>j</kbd> <kbd>k</kbd> next and previous test, <kbd>e</kbd> open or close all, <kbd>f</kbd> failed ones</p>
<main>
${sections.map(({ profile, id, cases }) => profileSection(profile, cases, id, budget))}
${size && sizeSection(size)}
</main>
<script>${Html.trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

function headline(
  isOk: boolean,
  { passed, failed, flaky, skipped }: Record<Verdict, number>,
): string {
  const total = passed + failed + flaky + skipped;
  const notes = [
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(skipped > 0 ? [`${skipped} not run`] : []),
  ];
  const first = isOk
    ? `${passed + flaky} of ${total} tests passed`
    : `${failed} of ${total} tests failed`;
  return [first, ...notes].join(", ");
}

function describeRun({ startedAt, durationMs }: TestImageResult, version: string): string {
  return `${startedAt.replace("T", " ").replace(/\.\d+Z$/, " UTC")} · ${formatMilliseconds(durationMs)} · golem-image ${version}`;
}

function filterButtons(counts: Record<Verdict, number>, total: number): Html[] {
  const buttons: [string, string, number][] = [
    ["all", "All", total],
    ["failed", "Failed", counts.failed],
    ["flaky", "Flaky", counts.flaky],
    ["skipped", "Not run", counts.skipped],
    ["passed", "Passed", counts.passed],
  ];
  return buttons
    .filter(([verdict, , count]) => count > 0 || verdict === "all")
    .map(
      ([verdict, name, count]) =>
        html`<button type="button" data-verdict="${verdict}" aria-pressed="${String(verdict === "all")}">${name} ${count}</button>`,
    );
}

/** Allows this page's script and style by their hashes, and nothing else. */
function policy(): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `script-src ${hash(PAGE_SCRIPT)}`,
    `style-src ${hash(PAGE_STYLE)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
