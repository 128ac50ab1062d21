import type { Instruction } from "../../dockerfile/parse-dockerfile.ts";
import { parseJsonForm, splitAtSpaces } from "../../dockerfile/words.ts";
import { nearest } from "../../settings/nearest.ts";
import { displayText } from "../../system/display-text.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

/** @see https://docs.docker.com/reference/dockerfile/#overview */
const KEYWORDS = [
  ...["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"],
  ...["MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"],
];

/** The least number of arguments, for instructions that builders refuse without. */
const LEAST_ARGUMENTS: Readonly<Record<string, number>> = {
  ...{ ADD: 2, ARG: 1, COPY: 2, ENV: 1, EXPOSE: 1, FROM: 1, HEALTHCHECK: 1, LABEL: 1 },
  ...{ MAINTAINER: 1, ONBUILD: 1, SHELL: 1, STOPSIGNAL: 1, USER: 1, VOLUME: 1, WORKDIR: 1 },
};

/** One mistake can make nonsense of all lines behind it. */
const MAX_FINDINGS = 20;

export const syntax: Rule = {
  id: "GVM000",
  name: "syntax",
  severity: "error",
  depths: ["dockerfile"],
  summary: "The Dockerfile cannot be built as it is written.",
  why: "Builders refuse unknown instructions, missing arguments, and quotes or here-documents without an end.",
  cure: "Correct the line. https://docs.docker.com/reference/dockerfile/ describes the instructions.",
  page: {
    bad: `FROM debian:12
VOLUMES /golem/work`,
    good: `FROM debian:12
VOLUME /golem/work`,
    affected: "No provider: the image is not built at all.",
  },
  *check(context) {
    let count = 0;
    for (const finding of problems(context)) {
      if (++count > MAX_FINDINGS) break;
      yield finding;
    }
  },
};

function* problems({ dockerfile, declared }: LintContext): Generator<RuleFinding> {
  if (!dockerfile) return;
  yield* dockerfile.problems;
  if (dockerfile.problems.length === 0 && dockerfile.instructions.length === 0) {
    yield { place: { line: 1, column: 1 }, message: "The Dockerfile has no instructions." };
    return;
  }
  let hasStage = false;
  for (const instruction of dockerfile.instructions) {
    const { keyword, place } = instruction;
    if (keyword === "FROM") hasStage = true;
    const message = KEYWORDS.includes(keyword)
      ? (checkArguments(instruction) ?? checkOrder(keyword, hasStage))
      : describeUnknown(keyword);
    if (message !== undefined) yield { place, message };
  }
  if (!hasStage && dockerfile.problems.length === 0) {
    const place = dockerfile.instructions.at(-1)?.place ?? { line: 1, column: 1 };
    yield { place, message: "The Dockerfile has no FROM, so there is nothing to build." };
  }
  for (const { value, place } of declared?.invalidWords ?? []) {
    yield { place, message: `The argument cannot be read: ${value}.` };
  }
}

function describeUnknown(keyword: string): string {
  const suggestion = nearest(keyword, KEYWORDS);
  const question = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  return `${displayText(keyword)} is not an instruction of Dockerfiles.${question}`;
}

function checkOrder(keyword: string, hasStage: boolean): string | undefined {
  return hasStage || keyword === "ARG"
    ? undefined
    : `${keyword} stands before the first FROM, where only ARG can.`;
}

function checkArguments({ keyword, body }: Instruction): string | undefined {
  const words = parseJsonForm(body) ?? splitAtSpaces(body);
  const least = LEAST_ARGUMENTS[keyword] ?? 0;
  if (words.length < least) {
    return least === 1
      ? `${keyword} needs an argument.`
      : `${keyword} needs a source and a destination.`;
  }
  if (keyword === "SHELL" && !parseJsonForm(body)) {
    return 'SHELL needs the JSON form, such as ["/bin/bash", "-c"].';
  }
  const isNamed = words.length === 3 && words[1]?.text.toUpperCase() === "AS";
  if (keyword === "FROM" && words.length !== 1 && !isNamed) {
    return "FROM takes one image, or an image and a name: FROM image AS name.";
  }
  return undefined;
}
