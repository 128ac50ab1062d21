import { ACTION_NAMES, type ActionName, ROOT_STAGES } from "../inputs/action-names.ts";
import { flag, type Input, input } from "../inputs/input.ts";
import { INPUTS } from "../inputs/inputs.ts";
import { OUTPUTS, type Output } from "../inputs/outputs.ts";

/** The switches of the action at the root: the stages that it runs. */
export const SWITCHES: Readonly<Record<string, Input<boolean>>> = {
  lint: input(flag, {
    description: "Whether the Dockerfile and the built image are linted.",
    actions: ["lint"],
    fallback: "true",
  }),
  build: input(flag, {
    description: "Whether the Dockerfile is built. It is not when `image` or `gvmi` is set.",
    actions: ["build"],
    fallback: "true",
  }),
  convert: input(flag, {
    description: "Whether the image is converted. It is not when `gvmi` is set.",
    actions: ["convert"],
    fallback: "true",
  }),
  test: input(flag, {
    description: "Whether the image is booted and tested.",
    actions: ["test"],
    fallback: "true",
  }),
  publish: input(flag, {
    description:
      "Whether the image is published. When nothing is said, it is where a target is set, and not on a pull request of a fork that lacks the secret for it.",
    actions: ["publish"],
  }),
};

/** The inputs of an action by name, in the table's order. */
export function inputsOf(action: ActionName | "root"): [string, Input<unknown>][] {
  const all: [string, Input<unknown>][] = Object.entries(INPUTS);
  if (action !== "root") return all.filter(([, { actions }]) => actions.includes(action));
  const own = all.filter(
    ([, { actions, isStageOnly }]) => !isStageOnly && actions.some((name) => isOfRoot(name)),
  );
  return [...Object.entries(SWITCHES), ...own];
}

/** The outputs of an action by name. */
export function outputsOf(action: ActionName | "root"): [string, Output][] {
  const all: [string, Output][] = Object.entries(OUTPUTS);
  if (action !== "root") return all.filter(([, { actions }]) => actions.includes(action));
  return all.filter(
    ([, { actions, isStageOnly }]) => !isStageOnly && actions.some((name) => isOfRoot(name)),
  );
}

/** Whether the action at the root runs it. */
const isOfRoot = (name: ActionName): boolean =>
  name === "summary" || (ROOT_STAGES as readonly ActionName[]).includes(name);

/** The actions that are run by the one at the root, in its order. */
export const ACTIONS_OF_ROOT: readonly ActionName[] = ACTION_NAMES.filter(isOfRoot);
