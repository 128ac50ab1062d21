import { exportImage } from "../build/export-image.ts";
import { parseImageSource } from "../build/parse-image-source.ts";
import { withImage } from "../oci/image.ts";
import type { ConvertSettings, LimitSettings } from "../settings/settings.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import { describeReadImage } from "./conversion.ts";
import { conversionOptions, imageLimits } from "./conversion-settings.ts";
import { type ConvertOptions, type ConvertResult, convertArchive } from "./convert.ts";
import { isGvmi, withGvmiContents } from "./gvmi-contents.ts";
import type { BuiltImage } from "./lint-image.ts";
import type { Progress } from "./progress.ts";
import { assertWithinBudget } from "./size-budget.ts";

/**
 * Runs `body` with the archive of an image that exists already; one of a Docker engine is saved first,
 * and removed afterwards.
 *
 * @param source `docker:NAME`, `oci-archive:FILE`, `docker-archive:FILE`, `oci:DIRECTORY`, or a path
 * @throws {ImageSourceError} when the source is not understood, or not there
 */
export async function withSourceArchive<T>(
  source: string,
  options: { signal?: AbortSignal },
  body: (archive: string) => Promise<T>,
): Promise<T> {
  const description = parseImageSource(source);
  return withTemporaryDirectory(async (outputDirectory) => {
    const { archive } = await exportImage(description, { outputDirectory, ...options });
    return body(archive);
  });
}

/**
 * Runs `body` with what lint needs of an image that exists already.
 *
 * @param source as for `withSourceArchive`, or the path of a .gvmi
 * @throws {ImageSourceError} when the source is not understood, not there, or damaged
 * @throws {GvmiFormatError} when it starts like a .gvmi and is not a sound one
 */
export async function withSourceImage<T>(
  source: string,
  { limits, ...options }: { signal?: AbortSignal; limits?: LimitSettings },
  body: (image: BuiltImage) => Promise<T>,
): Promise<T> {
  if (await isGvmi(source)) return withGvmiContents(source, options, body);
  return withSourceArchive(source, options, (archive) =>
    withImage(archive, { ...options, limits: imageLimits(limits ?? {}) }, async (image) => {
      const tree = await image.readTree();
      return body({ name: source, ...describeReadImage(image, tree) });
    }),
  );
}

export interface ConvertSourceInput extends Pick<ConvertOptions, "output" | "signal"> {
  /** As for `withSourceArchive`. */
  readonly source: string;
  readonly settings: ConvertSettings;
  readonly progress: Progress;
}

/** Converts an image that exists already. Throws what `convertArchive` and `withSourceArchive` throw. */
export async function convertSource(input: ConvertSourceInput): Promise<ConvertResult> {
  const { source, settings, progress, ...options } = input;
  const result = await withSourceArchive(source, { signal: input.signal }, (archive) =>
    convertArchive({
      ...options,
      ...conversionOptions(settings),
      source: archive,
      onProgress: (detail) => progress.detail(detail),
      onWarning: (message) => progress.note(`warning: ${message}`),
    }),
  );
  assertWithinBudget(result.size, settings, (message) => progress.note(`warning: ${message}`));
  return result;
}
