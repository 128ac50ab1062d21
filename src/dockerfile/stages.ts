import { type Expansion, expandWord, type Scope, type Variables } from "./expand.ts";
import type { Dockerfile, Instruction } from "./parse-dockerfile.ts";
import { splitAtSpaces, type Word } from "./words.ts";

export interface Stage {
  readonly from: Instruction;
  /** The base as it is written. */
  readonly image: Word | undefined;
  /** The base with variables resolved, when they are known. */
  readonly imageName: string | undefined;
  /** In lower case; absent for a stage without `AS`. */
  readonly name: string | undefined;
  /** Behind FROM. */
  readonly instructions: readonly Instruction[];
}

export interface BuildOptions {
  /** Values of `--build-arg`. */
  readonly buildArguments?: Readonly<Record<string, string>>;
  /** The stage to build, by name or number; the last one when absent. */
  readonly target?: string;
}

/**
 * What builders define before the first stage; images are built for linux/amd64 only.
 *
 * @see https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
 */
const PLATFORM_ARGUMENTS = ["BUILD", "TARGET"].flatMap((side): [string, string][] => [
  [`${side}PLATFORM`, "linux/amd64"],
  [`${side}OS`, "linux"],
  [`${side}ARCH`, "amd64"],
  [`${side}VARIANT`, ""],
]);

/** The stages of a Dockerfile, and the arguments that are defined before the first. */
export function splitStages(
  dockerfile: Dockerfile,
  { buildArguments = {} }: BuildOptions,
): { stages: Stage[]; globals: Variables } {
  const globals = new Map<string, string | undefined | null>(PLATFORM_ARGUMENTS);
  const scope = {
    variables: globals,
    escapeCharacter: dockerfile.escapeCharacter,
    isComplete: true,
  };
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of dockerfile.instructions) {
    const stage = stages.at(-1);
    if (instruction.keyword === "FROM") {
      stages.push(startStage(instruction, scope));
    } else if (stage) {
      stage.instructions.push(instruction);
    } else if (instruction.keyword === "ARG") {
      for (const { name, value } of readArguments(instruction, (word) => expandWord(word, scope))) {
        globals.set(name, buildArguments[name] ?? value);
      }
    }
  }
  return { stages, globals };
}

function startStage(from: Instruction, scope: Scope) {
  const [image, as, name] = splitAtSpaces(from.body);
  const expansion = image && expandWord(image.text, scope);
  return {
    from,
    image,
    imageName: expansion?.kind === "known" ? expansion.value : undefined,
    name: as?.text.toUpperCase() === "AS" ? name?.text.toLowerCase() : undefined,
    instructions: [],
  };
}

/** `ARG NAME`, `ARG NAME=value`, and several of them. */
export function* readArguments(
  instruction: Instruction,
  expand: (word: string) => Expansion,
): Generator<{ name: string; value: string | undefined | null; isGiven: boolean }> {
  for (const { text } of splitAtSpaces(instruction.body)) {
    const equals = text.indexOf("=");
    if (equals < 0) {
      yield { name: text, value: undefined, isGiven: false };
      continue;
    }
    const expansion = expand(text.slice(equals + 1));
    yield {
      name: text.slice(0, equals),
      value: expansion.kind === "known" ? expansion.value : null,
      isGiven: true,
    };
  }
}

/**
 * The stage that is built and those that it inherits from by FROM, the first of them at the front. Other
 * stages leave nothing in the image but what is copied from them.
 */
export function inheritedStages(stages: readonly Stage[], target?: string): Stage[] {
  let index = findTarget(stages, target);
  const chain: Stage[] = [];
  while (index >= 0) {
    const stage = stages[index];
    if (!stage) break;
    chain.unshift(stage);
    const base = stage.imageName?.toLowerCase();
    // Only stages above can be a base, so this ends.
    index =
      base === undefined ? -1 : stages.slice(0, index).findLastIndex(({ name }) => name === base);
  }
  return chain;
}

function findTarget(stages: readonly Stage[], target: string | undefined): number {
  if (target === undefined) return stages.length - 1;
  const byName = stages.findIndex(({ name }) => name === target.toLowerCase());
  if (byName >= 0) return byName;
  return /^\d+$/.test(target) && Number(target) < stages.length
    ? Number(target)
    : stages.length - 1;
}
