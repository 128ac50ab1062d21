import { describeFinalImage } from "../dockerfile/final-image.ts";
import { parseDockerfile } from "../dockerfile/parse-dockerfile.ts";
import type { BuildOptions } from "../dockerfile/stages.ts";
import { SettingsError } from "../errors.ts";
import type { ByteString, EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { nearest } from "../settings/nearest.ts";
import { compareFindings, type Finding, type Severity } from "./finding.ts";
import { readPragmas } from "./pragmas.ts";
import type { Depth, ImagePlatform, LintContext, Rule, RuleFinding } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import { needlessPragma } from "./rules/needless-pragma.ts";
import { suppress } from "./suppression.ts";

/** What there is to look at; at least one of the two. */
export interface LintInput {
  readonly dockerfile?: {
    /** What findings call the file. */
    readonly path: string;
    readonly text: string;
    readonly build?: BuildOptions;
  };
  readonly image?: {
    /** What findings call the image when there is no Dockerfile. */
    readonly name: string;
    readonly config: RunConfig;
    /** Everything in its file system; iterated by each rule that looks at files. */
    readonly entries?: Iterable<EntryMetadata>;
    /** As rules' `contents` ask for them. */
    readonly contents?: ReadonlyMap<ByteString, Buffer>;
    readonly platform?: ImagePlatform | undefined;
    /** What compresses the file system of a .gvmi. */
    readonly compression?: string;
    /** Bytes of each layer as it is stored. */
    readonly layers?: readonly number[];
  };
  /** What tests run in the VM. */
  readonly commands?: LintContext["commands"];
}

export interface LintOptions {
  /** Ids of rules that are not run. */
  readonly ignore?: readonly string[];
  /** Severities, by rule, in place of the rules' own. */
  readonly severity?: Readonly<Record<string, Severity>>;
  /** Names of base images, or what they start with, that are trusted to stay as they are. */
  readonly trusted?: readonly string[];
}

/**
 * Runs every rule that has something to look at, and leaves out what comments of the Dockerfile ignore.
 *
 * @returns findings by file, line, column and rule
 * @throws {SettingsError} when a rule that options name does not exist
 */
export function lint(input: LintInput, options: LintOptions = {}): Finding[] {
  const ignored = new Set(options.ignore);
  refuseUnknownRules(ignored, "ignore");
  refuseUnknownRules(Object.keys(options.severity ?? {}), "give a severity");
  const context = createContext(input, options);
  const file = input.dockerfile?.path ?? input.image?.name ?? "";
  const available = availableDepths(context);
  const run = (rules: readonly Rule[], ruleContext: LintContext) =>
    rules.flatMap((rule) =>
      rule.depths.some((depth) => available.has(depth))
        ? [...rule.check(ruleContext)].map((found) =>
            toFinding(rule, found, file, options.severity),
          )
        : [],
    );
  const active = RULES.filter(({ id }) => !ignored.has(id));
  const others = active.filter((rule) => rule !== needlessPragma);
  const found = run(others, context).sort(compareFindings);
  const { kept, needless } = suppress(found, context.pragmas ?? [], (id) =>
    others.some((rule) => rule.id === id && rule.depths.every((depth) => available.has(depth))),
  );
  if (needless.length === 0 || ignored.has(needlessPragma.id)) return kept;
  const reports = run([needlessPragma], { ...context, needlessPragmas: needless });
  return [...kept, ...reports].sort(compareFindings);
}

function toFinding(
  rule: Rule,
  { place, message, cure, fix, severity = rule.severity }: RuleFinding,
  file: string,
  severities: LintOptions["severity"] = {},
): Finding {
  return {
    rule: rule.id,
    severity: severities[rule.id] ?? severity,
    file,
    line: place.line,
    column: place.column,
    message,
    ...(cure !== undefined && { cure }),
    ...(fix && { fix }),
  };
}

function createContext(
  { dockerfile: source, image, commands }: LintInput,
  { trusted }: LintOptions,
): LintContext {
  const dockerfile = source && parseDockerfile(source.text);
  const declared = dockerfile && describeFinalImage(dockerfile, source.build ?? {});
  return {
    ...(dockerfile && { dockerfile, pragmas: readPragmas(dockerfile) }),
    ...(declared && { declared }),
    ...(image && withoutName(image)),
    ...(commands && { commands }),
    ...(trusted && { trusted }),
    knownRules: RULES.map(({ id }) => id),
  };
}

function withoutName({ name: _, platform, ...image }: NonNullable<LintInput["image"]>) {
  return { ...image, ...(platform && { platform }) };
}

function availableDepths({ dockerfile, declared, config, entries }: LintContext): Set<Depth> {
  return new Set<Depth>([
    ...(dockerfile ? (["dockerfile"] as const) : []),
    // Nothing comes from a base that could be unknown.
    ...(config || declared?.isFromScratch ? (["config"] as const) : []),
    ...(entries ? (["files"] as const) : []),
  ]);
}

function refuseUnknownRules(ids: Iterable<string>, what: string): void {
  const known = RULES.map(({ id }) => id);
  for (const id of ids) {
    if (known.some((candidate) => candidate === id)) continue;
    const suggestion = nearest(id, known);
    throw new SettingsError(`There is no lint rule ${JSON.stringify(id)} to ${what}.`, {
      hint: `The rules are ${known.join(", ")}.${suggestion ? ` Did you mean ${suggestion}?` : ""}`,
    });
  }
}
