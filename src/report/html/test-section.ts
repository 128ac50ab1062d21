import type { StepResult, TestResult, Verdict } from "../../checks/test-result.ts";
import { formatMilliseconds } from "../../system/format-milliseconds.ts";
import { printableLine } from "../../system/printable-text.ts";
import type { ReportCase } from "../report-cases.ts";
import { titleOf } from "../report-cases.ts";
import { clipText, type TextBudget } from "../text-budget.ts";
import { type Html, html } from "./html.ts";
import type { PlacedCase } from "./placed-case.ts";

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  passed: "✓ passed",
  failed: "✗ failed",
  skipped: "– not run",
  flaky: "~ flaky",
};

const ISOLATIONS: Readonly<Record<TestResult["isolation"], string>> = {
  boot: "a boot of its own",
  reset: "a reset VM",
  shared: "what earlier tests left",
  "at-rest": "the image at rest",
};

const REASON_CHARACTERS = 200;

/** One test: its verdict, and inside why, what it ran, and how to repeat it. A failed one is open. */
export function testSection({ id, reportCase }: PlacedCase, budget: TextBudget): Html {
  const { name, verdict, test, message, durationMs } = reportCase;
  const facts = [test?.kind, test && ISOLATIONS[test.isolation], formatMilliseconds(durationMs)];
  const reason = clipText(printableLine(message), REASON_CHARACTERS);
  return html`<details class="test ${verdict}" id="${id}" data-verdict="${verdict}" data-name="${name}"${verdict === "failed" && html` open`}>
<summary><span class="verdict ${verdict}">${VERDICT_WORDS[verdict]}</span><span>${name}</span><span class="when faint">${facts.filter(Boolean).join(" · ")}</span>${reason !== "" && html`<span class="reason">${reason}</span>`}</summary>
<div class="inside">
${reasons(reportCase, budget)}
${test?.source && html`<p class="faint">Written in ${test.source.file}, line ${test.source.line}.</p>`}
${(test?.steps ?? []).map((step) => stepSection(step, budget))}
${repeatLine(reportCase.repeatCommand)}
</div></details>
`;
}

function reasons(reportCase: ReportCase, budget: TextBudget): Html {
  const { message, explanation, hint, details, test } = reportCase;
  const problems = test?.problems ?? [];
  const told =
    problems.length > 1
      ? html`<ul>${problems.map((problem) => html`<li class="message">${budget.take(problem)}</li>`)}</ul>`
      : html`<p class="message">${budget.take(message)}</p>`;
  return html`${message !== "" && told}
${explanation && html`<p class="message"><strong>On Golem:</strong> ${explanation.text}${explanation.rule && ` (${explanation.rule})`}</p>`}
${details !== null && details !== "" && html`<pre tabindex="0">${budget.take(details)}</pre>`}
${hint !== null && hint !== "" && html`<p class="message"><strong>Next:</strong> ${hint}</p>`}
${test && test.attempts > 1 && html`<p>${test.attempts} attempts.</p>`}`;
}

function stepSection(step: StepResult, budget: TextBudget): Html {
  const { exitCode, durationMs, message, stdout, stderr, command, name } = step;
  const end = command.length === 0 ? "" : exitCode === null ? "no end" : `exit code ${exitCode}`;
  const facts = [end, formatMilliseconds(durationMs)].filter((text) => text !== "").join(" · ");
  return html`<div class="step${message !== "" && " failed"}">
<p>${name !== undefined && html`<strong>${titleOf(step)}</strong> `}${command.length > 0 && html`<code>${budget.take(command.join(" "))}</code>`} <span class="faint">${facts}</span></p>
${message !== "" && html`<p class="message">${budget.take(message)}</p>`}
${outputBlock("stdout", stdout.text, budget)}${outputBlock("stderr", stderr.text, budget)}</div>
`;
}

function outputBlock(name: string, text: string, budget: TextBudget): Html {
  if (text === "") return html``;
  return html`<p class="faint">${name}</p><pre tabindex="0" role="region" aria-label="${name}">${budget.take(text)}</pre>`;
}

/** A command to copy. */
export function repeatLine(command: string): Html {
  return html`<p class="faint">Repeat it:</p><div class="repeat"><pre><code>${command}</code></pre><button type="button" class="copy" hidden>Copy</button></div>`;
}
