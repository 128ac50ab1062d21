import { expandWord } from "../dockerfile/expand.ts";
import { parseDockerfile } from "../dockerfile/parse-dockerfile.ts";
import { isProvidersPlatform } from "../dockerfile/platform.ts";
import { type BuildOptions, inheritedStages, splitStages } from "../dockerfile/stages.ts";
import { PLATFORM } from "./builder.ts";

/**
 * The FROM that gives the image another platform than linux/amd64. BuildKit labels such an image amd64
 * all the same, so it is found here or not at all.
 *
 * Stages that the image only copies from may run on any platform: that is how cross-compiling works.
 */
export function findForeignPlatform(
  text: string,
  options: BuildOptions,
): { platform: string; line: number } | undefined {
  const dockerfile = parseDockerfile(text);
  const { stages, globals } = splitStages(dockerfile, options);
  const scope = {
    variables: globals,
    escapeCharacter: dockerfile.escapeCharacter,
    isComplete: true,
  };
  // Only the first stage's base is an image, so only its platform counts.
  const from = inheritedStages(stages, options.target)[0]?.from;
  const flag = from?.flags.get("platform");
  if (!from || flag === undefined) return undefined;
  const expansion = expandWord(flag, scope);
  if (expansion.kind !== "known" || isProvidersPlatform(expansion.value)) return undefined;
  return { platform: expansion.value, line: from.place.line };
}

/** The images, without `scratch` and earlier stages, that stages start from. */
export function findBaseImages(text: string, options: BuildOptions): string[] {
  const { stages } = splitStages(parseDockerfile(text), options);
  const images = stages.flatMap(({ imageName, from }, index) => {
    const isStage = stages
      .slice(0, index)
      .some(({ name }) => name !== undefined && name === imageName?.toLowerCase());
    const isPlain = imageName && /^[a-z0-9][\w./:@-]*$/i.test(imageName);
    const platform = from.flags.get("platform");
    return isPlain && !isStage && imageName !== "scratch" && isDefaultPlatform(platform)
      ? [imageName]
      : [];
  });
  return [...new Set(images)];
}

/** Whether the base is fetched for the platform that the whole build is for. */
const isDefaultPlatform = (flag: string | undefined) =>
  flag === undefined || flag === PLATFORM || flag === "$TARGETPLATFORM";
