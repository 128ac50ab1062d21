import type { Cause, ParityResult, SideResult, TestParity } from "../parity/parity-result.ts";
import { escapeControls } from "../system/display-text.ts";
import { formatColumns } from "./columns.ts";

const SHOWN_CHARACTERS = 60;

/** `1 of 3 tests differs, 5 differences around them` */
export function describeParity({ tests, surroundings, docker }: ParityResult): string {
  const differences = surroundings.filter(({ differs }) => differs).length;
  const around = `${differences} ${differences === 1 ? "difference" : "differences"} around them`;
  if (docker === null) {
    const failed = tests.filter(({ golem }) => golem.verdict === "failed").length;
    return `${failed} of ${tests.length} tests fail in the VM, ${around}; Docker was not asked`;
  }
  const differing = tests.filter(({ differs }) => differs).length;
  return `${differing} of ${tests.length} tests ${differing === 1 ? "differs" : "differ"}, ${around}`;
}

/** Why what works in Docker does not on Golem, for people. */
export function formatParityResult(result: ParityResult): string {
  const { tests, surroundings, docker, dockerReason, failure } = result;
  const differences = surroundings.filter(({ differs }) => differs);
  const causes = new Map<string, Cause>();
  for (const { cause } of [...tests, ...differences]) {
    // What is known of the others stands beside the test.
    if (cause && cause.id !== "other") causes.set(cause.id, cause);
  }
  const isExpected = differences.some(({ docker: side }) => side?.how === "expected");
  return [
    ...(docker === null ? [`Docker was not asked: ${dockerReason}.`] : []),
    ...(failure === null
      ? []
      : [`The VM did not live through all of it: ${escapeControls(failure)}`]),
    ...(tests.length === 0 ? [] : [tests.map(describeTest).join("\n")]),
    ...(differences.length === 0
      ? []
      : [
          formatColumns([
            ["", "in Docker", "on Golem", "cause"],
            ...differences.map(({ title, docker: side, golem, cause }) => [
              shown(title),
              side ? `${shown(side.text)}${side.how === "expected" ? " *" : ""}` : "not known",
              shown(golem),
              cause ? `${cause.id}${ruleOf(cause)}` : "",
            ]),
          ]) + (isExpected ? "\n* what the image's configuration says; it was not run" : ""),
        ]),
    ...(causes.size === 0
      ? []
      : [
          [...causes.values()]
            .map((cause) => `${cause.id}${ruleOf(cause)}\n  ${cause.why}\n  ${cause.cure}`)
            .join("\n"),
        ]),
  ].join("\n\n");
}

function describeTest({ name, docker, golem, cause }: TestParity): string {
  const sides = [
    ["Docker", docker],
    ["Golem", golem],
  ] as const;
  const verdicts = sides.map(([side, { verdict }]) => `${side} ${WORDS[verdict]}`).join(", ");
  const problems = sides
    .filter(([, { message }]) => message !== "")
    .map(
      ([side, { message }]: readonly [string, SideResult]) =>
        `  ${side}: ${escapeControls(message)}`,
    );
  const why = cause
    ? [`  because: ${cause.id}${ruleOf(cause)}. ${escapeControls(cause.evidence)}`]
    : [];
  return [`${escapeControls(name)}: ${verdicts}`, ...problems, ...why].join("\n");
}

const WORDS = { passed: "passes", failed: "FAILS", "not-run": "not run" } as const;

function ruleOf({ rule }: Cause): string {
  return rule === undefined ? "" : ` (${rule})`;
}

function shown(text: string): string {
  const clean = escapeControls(text);
  return clean.length > SHOWN_CHARACTERS ? `${clean.slice(0, SHOWN_CHARACTERS)}...` : clean;
}
