import { createHash } from "node:crypto";
import { splitLines } from "../dockerfile/source-text.ts";
import type { Edit, Finding, Severity } from "./finding.ts";
import { describeFinding } from "./finding-text.ts";
import { rulePage } from "./pages/rule-page.ts";
import { reportUri } from "./report-path.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";

export interface SarifOptions {
  /** The texts of files that findings name: what tells a finding from others when lines move. */
  readonly sources: ReadonlyMap<string, string>;
  /** The directory that URIs are relative to: the checkout. */
  readonly root: string;
  /** Of this program. */
  readonly version: string;
}

const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** Readers know it as the root of the checkout. */
const BASE = "%SRCROOT%";

/** Raised when fingerprints are made of something else. */
const FINGERPRINT = "golemImageFinding/v1";

const LEVELS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "note",
};

/**
 * Findings as SARIF 2.1.0, for code scanning and editors.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
 */
export function formatSarif(findings: readonly Finding[], options: SarifOptions): string {
  const fingerprints = fingerprintsOf(findings, options);
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "golem-image",
            version: options.version,
            semanticVersion: options.version,
            rules: RULES.map(describeRule),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [BASE]: { description: { text: "The root of the checkout." } } },
        results: findings.map((finding, index) => ({
          ...describeResult(finding, options),
          partialFingerprints: { [FINGERPRINT]: fingerprints[index] },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describeRule(rule: Rule): object {
  return {
    id: rule.id,
    name: rule.name,
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why} ${rule.cure}`, markdown: rulePage(rule) },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: { tags: ["golem", ...rule.depths] },
  };
}

function describeResult(finding: Finding, options: SarifOptions): object {
  const { rule, severity, line, column, fix } = finding;
  const artifactLocation = locate(finding.file, options.root);
  const ruleIndex = RULES.findIndex(({ id }) => id === rule);
  return {
    ruleId: rule,
    ...(ruleIndex >= 0 && { ruleIndex }),
    level: LEVELS[severity],
    message: { text: describeFinding(finding) },
    locations: [
      {
        physicalLocation: { artifactLocation, region: { startLine: line, startColumn: column } },
      },
    ],
    ...(fix && {
      fixes: [
        {
          description: { text: finding.cure ?? "Change the Dockerfile." },
          artifactChanges: [{ artifactLocation, replacements: fix.edits.map(describeEdit) }],
        },
      ],
    }),
  };
}

function locate(file: string, root: string): object {
  const uri = reportUri(file, root);
  return uri.startsWith("file:") ? { uri } : { uri, uriBaseId: BASE };
}

function describeEdit({ start, end, text }: Edit): object {
  return {
    deletedRegion: {
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    },
    ...(text !== "" && { insertedContent: { text } }),
  };
}

/** Of the rule, the file and the line's text, so that a finding is the same one when its line has moved. */
function fingerprintsOf(
  findings: readonly Finding[],
  { sources, root }: SarifOptions,
): readonly string[] {
  const lines = new Map([...sources].map(([file, text]) => [file, splitLines(text)]));
  const occurrences = new Map<string, number>();
  return findings.map(({ rule, file, line }) => {
    const text = lines.get(file)?.[line - 1]?.trim() ?? "";
    const key = JSON.stringify([rule, reportUri(file, root), text]);
    const occurrence = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, occurrence);
    return createHash("sha256").update(`${key}${occurrence}`).digest("hex").slice(0, 32);
  });
}
