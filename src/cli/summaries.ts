import type { RunResult } from "../pipeline/run.ts";
import type { PublishResult } from "../publish/publish.ts";
import type { UsageSnippet } from "../publish/snippets/usage-snippets.ts";
import { formatBytes } from "../system/format-bytes.ts";
import { formatMilliseconds } from "./format.ts";
import { profileRows } from "./test-summaries.ts";

export function publishedRows(published: PublishResult): [string, string][] {
  return [
    ["hash", published.hash],
    ["url", published.url],
    ["package", published.package],
    ...published.names.map(({ name, outcome, otherHash }): [string, string] => [
      "tag",
      outcome === "kept" ? `${name} (kept for ${otherHash})` : name,
    ]),
    ["size", `${formatBytes(published.size)} (${published.size} bytes)`],
  ];
}

/** Code that uses an image, each piece under the name of what it is for. */
export function formatSnippets(snippets: readonly UsageSnippet[]): string {
  return snippets
    .map(({ consumer, language, code }) => `\n${consumer} (${language}):\n\n${indent(code)}`)
    .join("\n");
}

const indent = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, "    ");

/** The closing table of a whole run. */
export function resultRows({ convert, test, publish, timings }: RunResult): [string, string][] {
  const identity: [string, string][] = publish
    ? publishedRows(publish)
    : [
        ["hash", convert?.hash ?? ""],
        ["url", "not published"],
        ["size", formatBytes(convert?.size ?? 0)],
      ];
  const [profile] = test?.profiles ?? [];
  const times = Object.entries(timings)
    .map(([stage, milliseconds]) => `${stage} ${formatMilliseconds(milliseconds)}`)
    .join(", ");
  return [
    ["file", convert?.path ?? ""],
    ...identity,
    // Several profiles have a table of their own.
    ...(profile && test?.profiles.length === 1 ? profileRows(profile) : []),
    ["timings", times],
  ];
}
