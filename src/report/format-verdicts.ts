import type { Verdict } from "../checks/test-result.ts";
import type { TestImageResult } from "../pipeline/profile-result.ts";
import { escapeControls } from "../system/display-text.ts";
import { printableText } from "../system/printable-text.ts";
import { casesOf, reasonsOf } from "./report-cases.ts";

/** Verdicts as people read them in lists and tables. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  passed: "pass",
  failed: "FAIL",
  skipped: "skip",
  flaky: "flaky",
};

/** A line for each test of each profile, and why it failed. */
export function formatVerdicts({ profiles }: TestImageResult): string {
  return profiles
    .flatMap((profile) => [
      `profile ${profile.profile}`,
      ...casesOf(profile).flatMap((reportCase) => {
        const { name, verdict, repeatCommand } = reportCase;
        const line = `  ${VERDICT_WORDS[verdict].padEnd(5)}  ${escapeControls(name)}`;
        if (verdict === "passed") return [line];
        const reasons = printableText(reasonsOf(reportCase).join("\n")).split("\n");
        const repeat = verdict === "failed" ? [`repeat it: ${repeatCommand}`] : [];
        return [line, ...[...reasons, ...repeat].map((text) => `         ${text}`)];
      }),
    ])
    .join("\n");
}
