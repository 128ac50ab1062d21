import { BuildScope } from "./build-scope.ts";
import { expandWord } from "./expand.ts";
import { findExternalImages } from "./external-images.ts";
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

/** A word whose value is absent when only the build knows it. */
export interface DeclaredText {
  readonly written: string;
  readonly value: string | undefined;
  /** Where its instruction starts. */
  readonly place: Place;
}

/** A file that the Dockerfile itself holds, as a here-document. */
export interface DeclaredFile {
  readonly path: string | undefined;
  readonly text: string;
  /** Whether the build replaces variables in it. */
  readonly isExpanded: boolean;
  /** Where its first line stands. */
  readonly place: Place;
}

export interface DeclaredVariable {
  readonly name: string;
  /** Before quotes and variables are resolved. */
  readonly written: string;
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
  /** The value of the base's `--platform`, when it is known. */
  readonly platform: Located<string> | undefined;
  /** Images, other than `scratch`, that the build needs: of FROM, COPY --from and RUN --mount. */
  readonly images: readonly Located<string>[];
  readonly volumes: readonly DeclaredPath[];
  readonly variables: readonly DeclaredVariable[];
  /** The ports of each EXPOSE instruction. */
  readonly ports: readonly Located<readonly string[]>[];
  readonly entrypoint: DeclaredCommand | undefined;
  readonly command: DeclaredCommand | undefined;
  readonly workingDirectory: DeclaredPath | undefined;
  readonly user: DeclaredText | undefined;
  /** Unless it is NONE. */
  readonly healthCheck: Located<string> | undefined;
  readonly stopSignal: Located<string> | undefined;
  /** A SHELL behind which no instruction uses it. */
  readonly unusedShell: Located<string> | undefined;
  /** The instructions of ONBUILD that an image made from this one would run. */
  readonly triggers: readonly Located<string>[];
  /** Destinations of COPY and ADD. */
  readonly copies: readonly DeclaredPath[];
  readonly files: readonly DeclaredFile[];
  /** What each RUN gives to its shell, here-documents with their ends; nothing of other programs' scripts. */
  readonly runs: readonly Located<string>[];
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
  const { escapeCharacter } = dockerfile;
  const { buildArguments = {} } = options;
  const buildScope = new BuildScope(escapeCharacter, globals, buildArguments, isFromScratch);
  const follower = new InstructionFollower(buildScope, isFromScratch);
  for (const stage of chain) {
    follower.startStage();
    for (const instruction of stage.instructions) follower.follow(instruction);
  }
  const base = {
    value: root.imageName ?? root.image?.text ?? "",
    place: root.image?.place ?? root.from.place,
  };
  const flag = root.from.flags.get("platform");
  const platform =
    flag === undefined
      ? undefined
      : expandWord(flag, { variables: globals, escapeCharacter, isComplete: true });
  return {
    ...follower.image,
    stage: built.from.place,
    base,
    isFromScratch,
    platform:
      platform?.kind === "known" ? { value: platform.value, place: root.from.place } : undefined,
    images: findExternalImages(stages, built),
  };
}
