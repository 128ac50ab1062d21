import type { Rule } from "../rule.ts";
import { describeDepths } from "./rule-page.ts";

/** docs/rules/README.md: every rule in a table, with a link to its page. */
export function rulesTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => {
    const { id, name, severity, page, proof = [] } = rule;
    return [
      `[${id}](${id}.md)`,
      name,
      describeDepths(rule),
      severity,
      proof.length === 0 ? "-" : proof.join("<br>"),
      page.affected,
    ];
  });
  const header = ["rule", "name", "looks at", "severity", "boots that prove it", "providers"];
  const lines = [header, header.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map(escapeCell).join(" | ")} |`,
  );
  return `# Rules of golem-image lint

What in a Dockerfile, or in the image that it builds, does not work on the Golem Network. \`golem-image explain ID\`
prints a rule's page. A rule uses the deepest of what it can look at that is at hand. Where a rule claims something
about the VM, tests of \`__tests__/lint/proofs\` boot an image that breaks it and see what happens, and one that keeps it.

${lines.join("\n")}
`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
