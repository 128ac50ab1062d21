import type { TestResult } from "../checks/test-result.ts";
import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { printableLine } from "../system/printable-text.ts";
import { describeUse, limitTexts, roomUses } from "./limit-texts.ts";
import { casesOf, countVerdicts, type ReportCase, reasonsOf, titleOf } from "./report-cases.ts";
import { TextBudget } from "./text-budget.ts";

const TOTAL_CHARACTERS = 32 * 1024 * 1024;
/** Servers that read such files show a part of this. */
const TEXT_CHARACTERS = 64 * 1024;

/**
 * A run as JUnit's XML, in the form that the common readers share (junit-10.xsd): a suite for each profile, with
 * its limits as properties and the console's last lines, and a case for each test.
 *
 * @see https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
export function formatJunit(result: TestImageResult): string {
  const budget = new TextBudget(TOTAL_CHARACTERS, TEXT_CHARACTERS);
  const all = result.profiles.flatMap(casesOf);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name=${attribute(result.image)} ${counts(all)} time="${seconds(result.durationMs)}">\n`,
    ...result.profiles.map((profile) => suite(profile, result, budget)),
    "</testsuites>\n",
  ].join("");
}

function suite(profile: ProfileResult, { startedAt }: TestImageResult, budget: TextBudget): string {
  const cases = casesOf(profile);
  const { skipped } = countVerdicts(cases);
  const time = cases.reduce((sum, { durationMs }) => sum + durationMs, profile.readyMs ?? 0);
  const started = startedAt.slice(0, "2026-01-02T03:04:05".length);
  const properties = [
    ["profile", profile.profile],
    ["runtime", `${profile.runtime.name} ${profile.runtime.version}`],
    ["accelerator", profile.accelerator],
    ["ready", profile.readyMs === null ? "never" : `${profile.readyMs} ms`],
    ...limitTexts(profile.limits).map(([name, value]) => [`limit: ${name}`, value]),
    ...roomUses(profile).map((use) => [`peak: ${use.name}`, describeUse(use)]),
    ["repeat", profile.repeatCommand],
  ].map(
    ([name = "", value = ""]) =>
      `      <property name=${attribute(name)} value=${attribute(value)}/>\n`,
  );
  const className = `golem-image.${profile.profile.replaceAll(".", "_")}`;
  return [
    `  <testsuite name=${attribute(profile.profile)} ${counts(cases)} skipped="${skipped}" time="${seconds(time)}" timestamp="${started}">\n`,
    `    <properties>\n${properties.join("")}    </properties>\n`,
    ...cases.map((reportCase) => testCase(reportCase, className, budget)),
    ...element("system-out", profile.console.tail, budget, "    "),
    "  </testsuite>\n",
  ].join("");
}

function testCase(reportCase: ReportCase, className: string, budget: TextBudget): string {
  const { name, durationMs, test } = reportCase;
  const content = [
    verdictElement(reportCase, budget),
    ...element("system-out", test ? outputsOf(test, "stdout") : "", budget, "      "),
    ...element("system-err", test ? outputsOf(test, "stderr") : "", budget, "      "),
  ].join("");
  const start = `    <testcase name=${attribute(name)} classname=${attribute(className)} time="${seconds(durationMs)}"`;
  return content === "" ? `${start}/>\n` : `${start}>\n${content}    </testcase>\n`;
}

function verdictElement(reportCase: ReportCase, budget: TextBudget): string {
  const { verdict, test, message, repeatCommand } = reportCase;
  const [tag, type] = {
    passed: ["", ""],
    skipped: ["skipped", ""],
    flaky: ["flakyFailure", test?.kind ?? ""],
    // Readers tell a check that does not hold from something that stopped it.
    failed: test ? ["failure", test.kind] : ["error", "vm"],
  }[verdict];
  if (tag === "") return "";
  const attributes = `${type ? ` type=${attribute(type)}` : ""} message=${attribute(message)}`;
  if (verdict === "skipped") return `      <skipped${attributes}/>\n`;
  const source = test?.source ? [`${test.source.file}:${test.source.line}`] : [];
  const text = [...reasonsOf(reportCase), ...source, `Repeat it: ${repeatCommand}`].join("\n");
  return `      <${tag}${attributes}>${escapeXml(budget.take(text))}</${tag}>\n`;
}

/** What the test's commands printed, each below a line that says which. */
function outputsOf({ steps }: TestResult, stream: "stdout" | "stderr"): string {
  return steps
    .filter((step) => step[stream].text !== "" || (stream === "stdout" && step.command.length > 0))
    .map((step) => `$ ${titleOf(step)}\n${step[stream].text}`)
    .join("\n");
}

function element(tag: string, text: string, budget: TextBudget, indent: string): string[] {
  return text === "" ? [] : [`${indent}<${tag}>${escapeXml(budget.take(text))}</${tag}>\n`];
}

function counts(cases: readonly ReportCase[]): string {
  const failed = cases.filter(({ verdict }) => verdict === "failed");
  const errors = failed.filter(({ test }) => test === null).length;
  return `tests="${cases.length}" failures="${failed.length - errors}" errors="${errors}"`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attribute(text: string): string {
  return `"${escapeXml(printableLine(text))}"`;
}

/** @param text printable, so that XML can hold each of its characters */
function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
