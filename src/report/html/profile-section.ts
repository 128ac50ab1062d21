import type { ProfileResult } from "../../pipeline/profile-result.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import { describeUse, limitTexts, roomUses } from "../limit-texts.ts";
import { countVerdicts } from "../report-cases.ts";
import type { TextBudget } from "../text-budget.ts";
import { type Html, html } from "./html.ts";
import type { PlacedCase } from "./placed-case.ts";
import { repeatLine, testSection } from "./test-section.ts";
import { TimeAxis } from "./time-axis.ts";
import { timelineFigure } from "./timeline.ts";
import { usageFigures } from "./usage-curves.ts";

/** All that is known of the tests under one profile. */
export function profileSection(
  profile: ProfileResult,
  cases: readonly PlacedCase[],
  id: string,
  budget: TextBudget,
): Html {
  const axis = new TimeAxis(profile);
  const failed = new Set(
    cases.filter(({ reportCase }) => reportCase.verdict === "failed").map((c) => c.reportCase.name),
  );
  return html`<section id="${id}">
<h2>Profile ${profile.profile}</h2>
<p class="faint">${describeProfile(profile, cases)}</p>
${cases.length === 0 && html`<p>There are no tests.</p>`}
${cases.map((placed) => testSection(placed, budget))}
${timelineFigure(profile.timeline, axis, cases)}
${usageFigures(profile, axis, ({ name }) => failed.has(name))}
<h3>Limits, and the most that was in use</h3>
${facts(profile)}
${consoleSection(profile, budget)}
${repeatLine(profile.repeatCommand)}
</section>
`;
}

function describeProfile(profile: ProfileResult, cases: readonly PlacedCase[]): string {
  const { runtime, accelerator, acceleratorReason, readyMs } = profile;
  const counts = countVerdicts(cases.map(({ reportCase }) => reportCase));
  return [
    `${counts.passed + counts.flaky} of ${cases.length} passed`,
    readyMs === null ? "never ready" : `ready after ${formatMilliseconds(readyMs)}`,
    `${accelerator.toUpperCase()} (${acceleratorReason})`,
    `runtime ${runtime.name} ${runtime.version}`,
  ].join(" · ");
}

function facts(profile: ProfileResult): Html {
  const { measurements } = profile;
  const rows = [
    ...roomUses(profile).map((use): [string, string] => [`${use.name}, most`, describeUse(use)]),
    ...(measurements?.cpuSeconds == null
      ? []
      : [
          ["processor time", formatMilliseconds(measurements.cpuSeconds * 1000)] as [
            string,
            string,
          ],
        ]),
    ...limitTexts(profile.limits).map(([name, value]): [string, string] => [
      `${name}, limit`,
      value,
    ]),
  ];
  return html`<dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function consoleSection({ console }: ProfileResult, budget: TextBudget): Html {
  if (console.tail === "") return html``;
  const kept =
    console.path === null ? html`` : html`<p class="faint">All of it: ${console.path}</p>`;
  return html`<details class="console"><summary>Console, the last lines</summary><div class="inside">${kept}<pre tabindex="0" role="region" aria-label="console">${budget.take(console.tail)}</pre></div></details>`;
}
