import type { Depth, Rule } from "../rule.ts";

const DEPTHS: Readonly<Record<Depth, string>> = {
  dockerfile: "Dockerfile",
  config: "image configuration",
  files: "image files",
};

/** What the rule can look at, as words. */
export function describeDepths({ depths }: Pick<Rule, "depths">): string {
  return depths.map((depth) => DEPTHS[depth]).join(", ");
}

/**
 * The page of a rule, in Markdown: what `golem-image explain` prints, and what docs/rules has.
 *
 * @returns lines, each ended by a newline
 */
export function rulePage(rule: Rule): string {
  const { page, proof = [] } = rule;
  const sections = [
    `# ${rule.id}: ${rule.name}`,
    rule.summary,
    `Severity: ${rule.severity}. Looks at: ${describeDepths(rule)}.`,
    "## Why",
    rule.why,
    "## Bad",
    example(page.bad),
    "## Good",
    example(page.good),
    rule.cure,
    "## Providers affected",
    page.affected,
    ...(proof.length === 0
      ? []
      : [
          "## Proof",
          "These tests boot an image that breaks the rule, and one that keeps it:",
          proof.map((name) => `- ${name}`).join("\n"),
        ]),
    "## Leaving it out",
    leavingOut(rule),
  ];
  return `${sections.join("\n\n")}\n`;
}

function leavingOut({ id, depths }: Rule): string {
  const setting = `\`lint: {ignore: [${id}]}\` in golem-image.yml, or \`--ignore ${id}\``;
  return depths.includes("dockerfile")
    ? `For one instruction a comment above it, \`# golem-lint ignore=${id} the reason\`; for all ${setting}.`
    : `${setting}.`;
}

function example(text: string): string {
  const firstLine = text.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#"));
  const language = /^[A-Z]+ /.test(firstLine ?? "") ? "dockerfile" : "";
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
