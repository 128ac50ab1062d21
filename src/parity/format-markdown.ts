import { escapeControls } from "../system/display-text.ts";
import type { Cause, ParityResult, SideResult } from "./parity-result.ts";

/** One page that says why what works in Docker does not on Golem. */
export function formatParityMarkdown(result: ParityResult): string {
  const { tests, surroundings, docker, dockerReason, profile, accelerator, failure } = result;
  const differences = surroundings.filter(({ differs }) => differs);
  const causes = new Map<string, Cause>();
  for (const { cause } of [...tests, ...differences]) {
    // What is known of the others stands beside the test.
    if (cause && cause.id !== "other") causes.set(cause.id, cause);
  }
  const same = surroundings.filter((one) => !one.differs && one.docker !== null);
  return [
    `# Docker and Golem: ${plainText(result.image)}`,
    docker === null
      ? `Run in a Golem VM (profile ${profile}, ${accelerator.toUpperCase()}). Nothing was run in Docker: ${plainText(dockerReason ?? "")}. Its side is what the image's configuration says.`
      : `Run in Docker ${plainText(docker.version)} (${plainText(docker.image)}) and in a Golem VM (profile ${profile}, ${accelerator.toUpperCase()}).`,
    ...(failure === null
      ? []
      : [`**The VM did not live through all of it:** ${plainText(failure)}`]),
    ...(tests.length === 0
      ? []
      : [
          "## Tests",
          table(
            ["test", "in Docker", "on Golem", "why"],
            tests.map(({ name, docker: left, golem, cause }) => [
              name,
              side(left),
              side(golem),
              cause ? `${cause.evidence}${rule(cause)}` : "",
            ]),
          ),
        ]),
    ...(differences.length === 0
      ? []
      : [
          "## What the image meets",
          table(
            ["", "in Docker", "on Golem", "cause"],
            differences.map(({ title, docker: left, golem, cause }) => [
              title,
              left ? `${left.text}${left.how === "expected" ? " (not run)" : ""}` : "not known",
              golem,
              cause ? `${cause.id}${rule(cause)}` : "",
            ]),
          ),
        ]),
    ...(causes.size === 0
      ? []
      : [
          "## Why, and what to do",
          [...causes.values()]
            .map((cause) => `- **${cause.id}**${rule(cause)}: ${cause.why} ${cause.cure}`)
            .join("\n"),
        ]),
    ...(same.length === 0
      ? []
      : [`The same on both sides: ${same.map(({ title }) => plainText(title)).join("; ")}.`]),
  ]
    .join("\n\n")
    .concat("\n");
}

const WORDS = { passed: "passes", failed: "**fails**", "not-run": "not run" } as const;

function side({ verdict, message }: SideResult): string {
  return message === "" ? WORDS[verdict] : `${WORDS[verdict]}: ${message}`;
}

function rule({ rule: id }: Cause): string {
  return id === undefined ? "" : ` (${id})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map(() => "---")),
    ...rows.map((cells) => line(cells.map((cell) => escapeCell(cell)))),
  ].join("\n");
}

function plainText(text: string): string {
  return escapeControls(text.replaceAll(/\s+/g, " ").trim()).replaceAll(/[<>[\]`\\]/g, "\\$&");
}

/** Our own emphasis stays. */
function escapeCell(text: string): string {
  return plainText(text).replaceAll("|", "\\|");
}
