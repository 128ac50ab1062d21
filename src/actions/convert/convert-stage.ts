import { join } from "node:path";
import type { CacheStore } from "../../cache/cache-store.ts";
import { conversionOptions } from "../../pipeline/conversion-settings.ts";
import { type ConvertResult, convertArchive, type ReadImage } from "../../pipeline/convert.ts";
import { describeConversion } from "../../pipeline/describe-conversion.ts";
import { assertLintPassed, lintImage } from "../../pipeline/lint-image.ts";
import { previousImage } from "../../pipeline/previous-image.ts";
import { runStage } from "../../pipeline/progress.ts";
import { assertWithinBudget } from "../../pipeline/size-budget.ts";
import { withSourceArchive } from "../../pipeline/source-image.ts";
import type { Settings } from "../../settings/settings.ts";
import { type ActionContext, type Stage, setOutputs } from "../action-context.ts";
import { actionSettings } from "../action-settings.ts";
import { reportFindings } from "../lint/report-findings.ts";
import type { StageValue } from "../results/stage-record.ts";
import { makeWorkDirectory } from "../work-directory.ts";

/** Converts an image to a .gvmi, lints its files, and holds it to its budget. */
export const convertStage: Stage = async (context, value) => {
  const { inputs, log, progress } = context;
  const { settings } = await actionSettings(context);
  const source = inputs.require("image", "there is no image to convert.");
  const output =
    settings.convert.output ?? join(await makeWorkDirectory(context), `${settings.name}.gvmi`);
  const isLinted = inputs.get("lint-image") ?? false;
  const { result } = await runStage(
    "convert",
    progress,
    () => convert({ source, output, settings, isLinted }, context, value),
    describeConversion,
  );
  setOutputs({
    hash: result.hash,
    sha256: result.sha256,
    size: result.size,
    "gvmi-path": result.path,
    "cache-hit": result.cache,
  });
  const previous = await previousImage(settings);
  value.convert = {
    hash: result.hash,
    sha256: result.sha256,
    size: result.size,
    cache: result.cache,
    reusedShare: result.reusedShare,
    maxSize: settings.convert.maxSize ?? null,
    previous: previous ?? null,
  };
  assertWithinBudget(result.size, settings.convert, (message) => log.annotate("warning", message));
};

interface Conversion {
  readonly source: string;
  readonly output: string;
  readonly settings: Settings;
  readonly isLinted: boolean;
}

async function convert(
  { source, output, settings, isLinted }: Conversion,
  context: ActionContext,
  value: StageValue,
): Promise<ConvertResult> {
  const { signal, progress, log } = context;
  const options = conversionOptions(settings.convert);
  const cache = options.cache && ((await githubCache(context)) ?? options.cache);
  return withSourceArchive(source, { signal }, (archive) =>
    convertArchive({
      ...options,
      ...(cache && { cache }),
      source: archive,
      output,
      signal,
      onProgress: (detail) => progress.detail(detail),
      // A cache that cannot be written, for example: worth knowing, and no failure.
      onWarning: (message) => log.annotate("warning", message),
      ...(isLinted && { onImage: (image) => lintFiles(image, settings, context, value) }),
    }),
  );
}

async function lintFiles(
  image: ReadImage,
  settings: Settings,
  context: ActionContext,
  value: StageValue,
): Promise<void> {
  const report = await lintImage({ settings, image: { name: settings.name, ...image } });
  await reportFindings(report, await knownFindings(context), context, value);
  assertLintPassed(report, settings.lint);
}

/** What `lint` has annotated already. */
async function knownFindings({ inputs }: ActionContext) {
  const directory = inputs.get("results");
  if (directory === undefined) return [];
  const { readRecord } = await import("../results/results-directory.ts");
  return (await readRecord(directory, "lint"))?.value.findings ?? [];
}

/** GitHub's cache where the runner gives access to it; elsewhere that of the user serves the next run. */
async function githubCache({
  environment,
  temporaryDirectory,
}: ActionContext): Promise<CacheStore | undefined> {
  const { ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL, ACTIONS_CACHE_URL } = environment;
  if (!ACTIONS_RUNTIME_TOKEN || !(ACTIONS_RESULTS_URL || ACTIONS_CACHE_URL)) return undefined;
  const { GithubStore } = await import("../../cache/github-store.ts");
  return new GithubStore(join(temporaryDirectory, "golem-image-conversions"));
}
