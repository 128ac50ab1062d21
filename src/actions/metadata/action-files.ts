import { stringify } from "yaml";
import { ACTION_NAMES, type ActionName } from "../inputs/action-names.ts";
import type { Input } from "../inputs/input.ts";
import type { Output } from "../inputs/outputs.ts";
import { inputsOf, outputsOf } from "./action-inputs.ts";
import { ACTION_TEXTS } from "./action-texts.ts";
import { compositeOutputs, compositeRuns } from "./composite.ts";

const WRITTEN = "# Written by scripts/write-actions.mjs from src/actions/inputs. Do not edit.\n";

/**
 * The metadata of all actions: path in the repository to text.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
 * @see https://github.com/typesafegithub/github-actions-typing
 */
export function actionFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const action of ["root", ...ACTION_NAMES] as const) {
    const directory = action === "root" ? "" : `${action}/`;
    files.set(`${directory}action.yml`, toYaml(metadataOf(action)));
    files.set(`${directory}action-types.yml`, toYaml(typesOf(action)));
  }
  return files;
}

function metadataOf(action: ActionName | "root"): object {
  const outputs = action === "root" ? compositeOutputs() : describeOutputs(action);
  return {
    ...ACTION_TEXTS[action],
    author: "golem-image contributors",
    ...(action === "root" && { branding: { icon: "package", color: "blue" } }),
    inputs: Object.fromEntries(inputsOf(action).map(([name, each]) => [name, describe(each)])),
    ...(Object.keys(outputs).length > 0 && { outputs }),
    runs: action === "root" ? compositeRuns() : runsOf(action),
  };
}

function describe({ description, fallback, isRequired }: Input<unknown>): object {
  return {
    description,
    required: isRequired === true,
    ...(!isRequired && { default: fallback ?? "" }),
  };
}

function describeOutputs(action: ActionName): Record<string, object> {
  return Object.fromEntries(
    outputsOf(action).map(([name, { description }]) => [name, { description }]),
  );
}

function runsOf(action: ActionName): object {
  const main = `../dist/${action}/index.cjs`;
  // A job that is cancelled may be killed before it has tidied up; the same file does that then.
  const post = { post: main, "post-if": "always()" };
  return { using: "node24", main, ...(action === "test" && post) };
}

function typesOf(action: ActionName | "root"): object {
  const outputs = outputsOf(action).map(([name, output]) => [name, typeOfOutput(output)]);
  return {
    inputs: Object.fromEntries(inputsOf(action).map(([name, each]) => [name, typeOf(each)])),
    ...(outputs.length > 0 && { outputs: Object.fromEntries(outputs) }),
  };
}

const LIST = { type: "list", separator: "\n", "list-item": { type: "string" } };

function typeOf({ kind, choices }: Input<unknown>): object {
  switch (kind) {
    case "flag":
      return { type: "boolean" };
    case "whole number":
      return { type: "integer" };
    case "list":
    case "secret list":
      return LIST;
    case "choice":
      return { type: "enum", "allowed-values": [...(choices ?? [])] };
    default:
      return { type: "string" };
  }
}

function typeOfOutput({ kind, choices }: Output): object {
  switch (kind) {
    case "whole number":
      return { type: "integer" };
    case "number":
      return { type: "float" };
    case "list":
      return LIST;
    case "choice":
      return { type: "enum", "allowed-values": [...(choices ?? [])] };
    default:
      return { type: "string" };
  }
}

function toYaml(value: object): string {
  return `${WRITTEN}${stringify(value, { lineWidth: 0, blockQuote: "literal", aliasDuplicateObjects: false })}`;
}
