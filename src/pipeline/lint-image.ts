import { readDockerfile } from "../dockerfile/read-dockerfile.ts";
import { LintFailedError } from "../errors.ts";
import { type Finding, reachesThreshold } from "../lint/finding.ts";
import { lint } from "../lint/lint.ts";
import type { ImagePlatform } from "../lint/rule.ts";
import { wantedBytes } from "../lint/wanted-bytes.ts";
import type { ByteString, EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import type { Settings, TestSettings } from "../settings/settings.ts";

/** What lint sees of an image that has been built. */
export interface BuiltImage {
  /** What findings call it when there is no Dockerfile. */
  readonly name: string;
  readonly config: RunConfig;
  /** Absent when the file system cannot be read. */
  readonly entries?: Iterable<EntryMetadata>;
  /** Reads the first bytes of the files for which it says how many are wanted. */
  readonly readHeads?: (
    wanted: (file: EntryMetadata) => number,
  ) => Promise<ReadonlyMap<ByteString, Buffer>>;
  readonly platform?: ImagePlatform | undefined;
  /** Of the squashfs of a .gvmi. */
  readonly compression?: string;
  /** Bytes of each layer as it is stored. */
  readonly layers?: readonly number[];
}

export interface LintInput {
  readonly settings: Pick<Settings, "dockerfile" | "build" | "lint" | "tests">;
  /** Without it only the Dockerfile is looked at; with it the Dockerfile may be missing. */
  readonly image?: BuiltImage | undefined;
}

/** What `lint --json` prints. */
export interface LintResult {
  readonly findings: readonly Finding[];
}

export interface LintReport extends LintResult {
  /** The texts of the files that findings name, to be shown with them. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Looks for what will not work on Golem in a Dockerfile and, when it has been built, in the image.
 *
 * @throws {BuildError} when the Dockerfile cannot be read and there is no image to look at instead
 * @throws {SettingsError} when the settings name a rule that does not exist
 */
export async function lintImage({ settings, image }: LintInput): Promise<LintReport> {
  const path = settings.dockerfile;
  const text = await readDockerfile(path).catch((error) => {
    if (image) return undefined;
    throw error;
  });
  const lintText = await createLinter({ settings, image });
  return {
    findings: lintText(text),
    sources: new Map(text === undefined ? [] : [[path, text]]),
  };
}

/**
 * Reads what lint wants of the image, for looking at one text of the Dockerfile after the other.
 *
 * @returns what lints a text; throws a SettingsError when the settings name a rule that does not exist
 */
export async function createLinter({
  settings,
  image,
}: LintInput): Promise<(text: string | undefined) => readonly Finding[]> {
  const path = settings.dockerfile;
  const build = { buildArguments: settings.build.args, target: settings.build.target };
  const { ignore } = settings.lint;
  const contents = image && (await readContents(image, ignore));
  return (text) =>
    lint(
      {
        ...(text !== undefined && { dockerfile: { path, text, build } }),
        ...(image && { image: { ...image, ...(contents && { contents }) } }),
        commands: settings.tests.flatMap(commandsOf),
      },
      settings.lint,
    );
}

function commandsOf({ run, steps = [] }: TestSettings): (string | readonly string[])[] {
  return [run, ...steps.flatMap((step) => [step.run, step.background])].filter(
    (command) => command !== undefined,
  );
}

type Contents = Awaited<ReturnType<NonNullable<BuiltImage["readHeads"]>>>;

const knownContents = new WeakMap<BuiltImage, Promise<Contents | undefined>>();

/** What rules want to read of an image's files: read once, also when lint runs again after a fix. */
function readContents(
  image: BuiltImage,
  ignored: readonly string[],
): Promise<Contents | undefined> {
  const known = knownContents.get(image);
  if (known) return known;
  const { readHeads, config } = image;
  const contents = Promise.resolve(readHeads?.((file) => wantedBytes(file, config, ignored)));
  knownContents.set(image, contents);
  return contents;
}

/** @throws {LintFailedError} when a finding is at or above the threshold */
export function assertLintPassed(result: LintResult, settings: Settings["lint"]): void {
  if (!reachesThreshold(result.findings, settings.failOn)) return;
  throw new LintFailedError(
    `Lint found ${describeFindings(result.findings)}; findings of severity ${settings.failOn} or above fail the run.`,
    {
      hint: "Apply the cures above, leave a rule out with lint.ignore, or set lint.failOn in golem-image.yml.",
    },
  );
}

/** `1 error, 2 warnings` */
export function describeFindings(findings: readonly Finding[]): string {
  const counts = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    return [`${count} ${severity === "info" || count === 1 ? severity : `${severity}s`}`];
  });
  return counts.length === 0 ? "nothing" : counts.join(", ");
}
