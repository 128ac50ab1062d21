import { stringify } from "yaml";
import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { printableLine } from "../system/printable-text.ts";
import { limitTexts } from "./limit-texts.ts";
import { casesOf, type ReportCase, titleOf } from "./report-cases.ts";
import { TextBudget } from "./text-budget.ts";

const TOTAL_CHARACTERS = 16 * 1024 * 1024;
const TEXT_CHARACTERS = 8 * 1024;

/**
 * A run in the Test Anything Protocol, as a flat list: what is known of a test that did not simply pass is in a
 * block of YAML below its line.
 *
 * @see https://testanything.org/tap-version-14-specification.html
 * @see https://testanything.org/tap-version-13-specification.html
 */
export function formatTap(result: TestImageResult, version: 13 | 14): string {
  const budget = new TextBudget(TOTAL_CHARACTERS, TEXT_CHARACTERS);
  const isMatrix = result.profiles.length > 1;
  const points = result.profiles.flatMap((profile) =>
    casesOf(profile).map((reportCase) => ({ profile, reportCase })),
  );
  return [
    `TAP version ${version}\n`,
    `1..${points.length}\n`,
    ...points.map(({ profile, reportCase }, index) => {
      const label = isMatrix ? `${profile.profile}: ` : "";
      return point(reportCase, index + 1, label) + diagnostics(reportCase, profile, budget);
    }),
  ].join("");
}

function point({ verdict, name, message }: ReportCase, number: number, label: string): string {
  const status = verdict === "failed" ? "not ok" : "ok";
  const directive = verdict === "skipped" ? ` # SKIP ${escapeTap(message)}` : "";
  return `${status} ${number} - ${escapeTap(label + name)}${directive}\n`;
}

function diagnostics(reportCase: ReportCase, profile: ProfileResult, budget: TextBudget): string {
  const { verdict, test, message, explanation, hint, details } = reportCase;
  if (verdict === "skipped") return "";
  const said = verdict === "passed" ? [] : (test?.steps ?? []);
  const data = {
    duration_ms: reportCase.durationMs,
    ...(verdict === "flaky" && { flaky: true, attempts: test?.attempts }),
    ...(verdict !== "passed" && {
      severity: verdict === "failed" ? "fail" : "comment",
      message: budget.take(message),
      ...(explanation && { explanation: explanation.text, rule: explanation.rule }),
      ...(test?.source && {
        at: { file: printableLine(test.source.file), line: test.source.line },
      }),
      ...(hint !== null && { hint: budget.take(hint) }),
      ...(details !== null && { details: budget.take(details) }),
      ...(test?.isolation && { isolation: test.isolation }),
      ...(said.length > 0 && {
        steps: said.map((step) => ({
          step: budget.take(titleOf(step)),
          exitCode: step.exitCode,
          stdout: budget.take(step.stdout.text),
          stderr: budget.take(step.stderr.text),
        })),
      }),
      limits: Object.fromEntries(limitTexts(profile.limits)),
      repeat: budget.take(reportCase.repeatCommand),
    }),
  };
  const block = stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
  return `---\n${block}...\n`.replace(/^(?=.)/gm, "  ");
}

/** A hash would begin a directive, such as one that lets a failure count for nothing. */
function escapeTap(text: string): string {
  return printableLine(text).replace(/[\\#]/g, "\\$&");
}
