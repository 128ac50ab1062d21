import type { Fix } from "../finding.ts";
import type { Rule } from "../rule.ts";
import type { NeedlessPragma } from "../suppression.ts";

export const needlessPragma: Rule = {
  id: "GVM101",
  name: "needless-pragma",
  severity: "warning",
  depths: ["dockerfile"],
  summary: "A comment for lint leaves nothing out.",
  why: "What it was written for is gone. It would hide the next mistake of its kind.",
  cure: "Remove the rule from the comment, or the comment.",
  page: {
    bad: `FROM debian:12
# golem-lint ignore=GVM004 the port is for local tests
RUN apt-get update`,
    good: `FROM debian:12
RUN apt-get update`,
    affected: "No provider: this is about lint itself.",
  },
  *check({ needlessPragmas = [] }) {
    for (const needless of needlessPragmas) {
      const { pragma, rules } = needless;
      const where =
        pragma.lines === "all"
          ? "in this file"
          : pragma.lines === "none"
            ? "behind it, where no instruction is"
            : "of this instruction";
      yield {
        place: pragma.place,
        message: `There is nothing to ignore of ${rules.join(", ")} ${where}.`,
        fix: removal(needless),
      };
    }
  },
};

function removal({ pragma, rules }: NeedlessPragma): Fix {
  const { line, column } = pragma.place;
  const left = pragma.rules.filter((rule) => !rules.includes(rule));
  if (left.length === 0) {
    return {
      edits: [{ start: { line, column: 1 }, end: { line: line + 1, column: 1 }, text: "" }],
    };
  }
  const start = { line, column: column + pragma.list.index };
  const end = { line, column: start.column + pragma.list.text.length };
  return { edits: [{ start, end, text: left.join(",") }] };
}
