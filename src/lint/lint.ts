import { describeFinalImage } from "../dockerfile/final-image.ts";
import { parseDockerfile } from "../dockerfile/parse-dockerfile.ts";
import type { BuildOptions } from "../dockerfile/stages.ts";
import { SettingsError } from "../errors.ts";
import type { ByteString, EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { nearest } from "../settings/nearest.ts";
import { compareFindings, type Finding } from "./finding.ts";
import type { Depth, ImagePlatform, LintContext } from "./rule.ts";
import { RULES } from "./rules/index.ts";

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
}

/**
 * Runs every rule that has something to look at.
 *
 * @returns findings by file, line, column and rule
 * @throws {SettingsError} when a rule to ignore does not exist
 */
export function lint(input: LintInput, options: LintOptions = {}): Finding[] {
  const ignored = new Set(options.ignore);
  refuseUnknownRules(ignored);
  const context = createContext(input);
  const available = new Set<Depth>([
    ...(context.dockerfile ? (["dockerfile"] as const) : []),
    ...(context.config ? (["config"] as const) : []),
    ...(context.entries ? (["files"] as const) : []),
  ]);
  const file = input.dockerfile?.path ?? input.image?.name ?? "";
  const findings: Finding[] = [];
  for (const rule of RULES) {
    if (ignored.has(rule.id) || !rule.depths.some((depth) => available.has(depth))) continue;
    for (const { place, severity = rule.severity, message, cure, fix } of rule.check(context)) {
      findings.push({
        ...{ rule: rule.id, severity, file, line: place.line, column: place.column, message },
        ...(cure !== undefined && { cure }),
        ...(fix && { fix }),
      });
    }
  }
  return findings.sort(compareFindings);
}

function createContext({ dockerfile: source, image, commands }: LintInput): LintContext {
  const dockerfile = source && parseDockerfile(source.text);
  const declared = dockerfile && describeFinalImage(dockerfile, source.build ?? {});
  return {
    ...(dockerfile && { dockerfile }),
    ...(declared && { declared }),
    ...(image && withoutName(image)),
    ...(commands && { commands }),
  };
}

function withoutName({ name: _, ...image }: NonNullable<LintInput["image"]>) {
  return image;
}

function refuseUnknownRules(ids: Iterable<string>): void {
  const known = RULES.map(({ id }) => id);
  for (const id of ids) {
    if (known.some((candidate) => candidate === id)) continue;
    const suggestion = nearest(id, known);
    throw new SettingsError(`There is no lint rule ${JSON.stringify(id)} to ignore.`, {
      hint: `The rules are ${known.join(", ")}.${suggestion ? ` Did you mean ${suggestion}?` : ""}`,
    });
  }
}
