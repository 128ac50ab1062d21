import { nearest } from "../../settings/nearest.ts";
import { displayText } from "../../system/display-text.ts";
import type { Rule } from "../rule.ts";

export const badPragma: Rule = {
  id: "GVM100",
  name: "bad-pragma",
  severity: "warning",
  depths: ["dockerfile"],
  summary: "A comment for lint is not understood, or gives no reason.",
  why: "A comment `# golem-lint ignore=GVM003 reason` leaves findings out: above the first instruction those of the whole file, else those of the next instruction. With a mistake in it, it leaves out nothing.",
  cure: "Name rules that exist, separated by commas, and say behind them why they are left out.",
  page: {
    bad: `FROM debian:12
# golem-lint ignore=GVM03
ENV MODEL=large`,
    good: `FROM debian:12
# golem-lint ignore=GVM003 only the build needs it
ENV MODEL=large`,
    affected: "No provider: this is about lint itself.",
  },
  *check({ pragmas = [], knownRules = [] }) {
    for (const { place, rules, reason, problem } of pragmas) {
      if (problem !== undefined) {
        yield { place, message: `This comment means nothing to lint; ${problem}.` };
        continue;
      }
      for (const rule of rules) {
        if (knownRules.includes(rule)) continue;
        const suggestion = nearest(rule, knownRules);
        const question = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
        yield { place, message: `There is no rule ${displayText(rule)} to ignore.${question}` };
      }
      if (reason === "") {
        yield {
          place,
          message: `The comment does not say why ${displayText(rules.join(", "))} can be ignored.`,
          cure: `Write the reason behind it: # golem-lint ignore=${displayText(rules.join(","))} reason`,
        };
      }
    }
  },
};
