import { RULES } from "../rules/index.ts";
import { rulePage } from "./rule-page.ts";
import { rulesTable } from "./rules-table.ts";

/** The files of docs/rules by name, made of the rules. */
export function ruleDocumentation(): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", rulesTable(RULES)],
    ...RULES.map((rule) => [`${rule.id}.md`, rulePage(rule)] as const),
  ]);
}
