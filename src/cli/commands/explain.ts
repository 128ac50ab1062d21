import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import type { Rule } from "../../lint/rule.ts";
import { nearest } from "../../settings/nearest.ts";
import { formatColumns } from "../columns.ts";
import { type CliContext, type OutputOptions, writeResult } from "../context.ts";

export function addExplainCommand(program: Command, context: CliContext): void {
  program
    .command("explain")
    .description("print the page of a lint rule, or list all rules")
    .argument("[rule]", "such as GVM011, or its name")
    .option("--json", "print the result as one JSON object on stdout")
    .action(async (wanted: string | undefined, options: OutputOptions) => {
      const { RULES } = await import("../../lint/rules/index.ts");
      if (wanted === undefined) {
        writeResult(context, options, { rules: RULES.map(describeRule) }, () => listRules(RULES));
        return;
      }
      const rule = findRule(RULES, wanted);
      const { rulePage } = await import("../../lint/pages/rule-page.ts");
      writeResult(context, options, describeRule(rule), () => rulePage(rule).trimEnd());
    });
}

/** @throws {UsageError} when there is none of that id or name */
function findRule(rules: readonly Rule[], wanted: string): Rule {
  const found = rules.find(
    ({ id, name }) => id === wanted.toUpperCase() || name === wanted.toLowerCase(),
  );
  if (found) return found;
  const suggestion = nearest(
    wanted,
    rules.flatMap(({ id, name }) => [id, name]),
  );
  const question = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  throw new UsageError(`There is no lint rule ${JSON.stringify(wanted)}.${question}`, {
    hint: "`golem-image explain` lists the rules.",
  });
}

function listRules(rules: readonly Rule[]): string {
  return formatColumns(
    rules.map(({ id, severity, name, summary }) => [id, severity, name, summary]),
  );
}

/** All that is said of a rule, without what only this program can use. */
function describeRule(rule: Rule) {
  const { id, name, severity, depths, summary, why, cure, page, proof = [] } = rule;
  return { id, name, severity, depths, summary, why, cure, ...page, proof };
}
