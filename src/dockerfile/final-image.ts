import { InstructionFollower } from "./instruction-follower.ts";
import type { Dockerfile } from "./parse-dockerfile.ts";
import type { Place } from "./source-text.ts";
import { type BuildOptions, inheritedStages, splitStages } from "./stages.ts";

export interface Located<T> {
  readonly value: T;
  readonly place: Place;
}

/** A VOLUME, or the destination of a COPY; `path` is absent when only the build knows it. */
export interface DeclaredPath {
  readonly written: string;
  readonly path: string | undefined;
  readonly place: Place;
}

export interface DeclaredVariable {
  readonly name: string;
  /** Absent when only the build knows it. */
  readonly value: string | undefined;
  /** Where its ENV instruction starts. */
  readonly place: Place;
}

export interface DeclaredCommand {
  readonly argv: readonly string[];
  readonly place: Place;
}

/** What a Dockerfile says of the image that it builds, as far as it can be known without building. */
export interface FinalImage {
  /** Where the FROM of the stage that is built stands. */
  readonly stage: Place;
  /** The image that the stages start from, and where it is named. */
  readonly base: Located<string>;
  /** Whether nothing is inherited: the stages start from `scratch`. */
  readonly isFromScratch: boolean;
  readonly volumes: readonly DeclaredPath[];
  readonly variables: readonly DeclaredVariable[];
  /** The ports of each EXPOSE instruction. */
  readonly ports: readonly Located<readonly string[]>[];
  readonly entrypoint: DeclaredCommand | undefined;
  readonly command: DeclaredCommand | undefined;
  readonly workingDirectory: DeclaredPath | undefined;
  /** Destinations of COPY and ADD. */
  readonly copies: readonly DeclaredPath[];
  /** Quotes and braces without an end in arguments whose values matter. */
  readonly invalidWords: readonly Located<string>[];
}

/**
 * Follows the instructions of the stage that is built and of the stages that it inherits from.
 *
 * @returns undefined when there is no stage at all
 */
export function describeFinalImage(
  dockerfile: Dockerfile,
  options: BuildOptions,
): FinalImage | undefined {
  const { stages, globals } = splitStages(dockerfile, options);
  const chain = inheritedStages(stages, options.target);
  const root = chain[0];
  const built = chain.at(-1);
  if (!root || !built) return undefined;
  const isFromScratch = root.imageName === "scratch";
  const follower = new InstructionFollower(
    dockerfile.escapeCharacter,
    globals,
    options.buildArguments ?? {},
    isFromScratch,
  );
  for (const stage of chain) {
    follower.startStage();
    for (const instruction of stage.instructions) follower.follow(instruction);
  }
  const base = {
    value: root.imageName ?? root.image?.text ?? "",
    place: root.image?.place ?? root.from.place,
  };
  return { ...follower.image, stage: built.from.place, base, isFromScratch };
}
