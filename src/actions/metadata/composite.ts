import type { ActionName } from "../inputs/action-names.ts";
import { ACTIONS_OF_ROOT, inputsOf, outputsOf, SWITCHES } from "./action-inputs.ts";

const expression = (text: string): string => `\${{ ${text} }}`;

/** Inputs of stages that are not handed through as they are. */
const WIRES: Readonly<Record<string, string>> = {
  "lint.image": "inputs.image || inputs.gvmi",
  "convert.image": "inputs.image || steps.build.outputs.image",
  "convert.lint-image": "inputs.lint",
  "test.gvmi": "inputs.gvmi || steps.convert.outputs.gvmi-path",
  "publish.gvmi": "inputs.gvmi || steps.convert.outputs.gvmi-path",
  // Who asks for it wants to know when it cannot be done.
  "publish.optional": "inputs.publish != 'true'",
};

const RESULTS = "steps.prepare.outputs.results";

/** Comparisons of expressions ignore case, so these are what the strict reader takes. */
const CONDITIONS: Readonly<Partial<Record<ActionName, string>>> = {
  lint: "inputs.lint == 'true'",
  build: "inputs.build == 'true' && inputs.image == '' && inputs.gvmi == ''",
  convert: "inputs.convert == 'true' && inputs.gvmi == ''",
  test: "inputs.test == 'true'",
  publish: "inputs.publish != 'false'",
  summary: "always() && steps.prepare.outputs.results != ''",
};

/** Outputs of several stages: the last one knows best. */
const SOURCES: Readonly<Partial<Record<string, readonly ActionName[]>>> = {
  hash: ["publish", "convert"],
  size: ["publish", "convert"],
  "lint-sarif": ["convert", "lint"],
};

/**
 * Refuses what is neither true nor false, which would only look like a stage that was switched off, and makes the
 * directory in which the stages leave their results. A value gets into the log as a line that begins with its name.
 */
const PREPARE = `for name in ${Object.keys(SWITCHES).join(" ")}; do
  variable="switch_$name"
  value=\${!variable}
  case "$value" in
    true | True | TRUE | false | False | FALSE) ;;
    *)
      if [[ $name == publish && -z $value ]]; then continue; fi
      shown=\${value//[^A-Za-z0-9._ -]/?}
      echo "::error title=golem-image::The input $name is \\"\${shown:0:80}\\", expected true or false."
      exit 1
      ;;
  esac
done
results=$(mktemp -d "\${RUNNER_TEMP:-/tmp}/golem-image-results.XXXXXX")
echo "results=$results" >>"$GITHUB_OUTPUT"
`;

/** `runs` of the action at the root: the stages one after the other, then what sums them up. */
export function compositeRuns(): object {
  const switches = Object.keys(SWITCHES).map((name) => [
    `switch_${name}`,
    expression(`inputs.${name}`),
  ]);
  return {
    using: "composite",
    steps: [
      {
        id: "prepare",
        shell: "bash",
        env: Object.fromEntries(switches),
        run: PREPARE,
      },
      ...ACTIONS_OF_ROOT.map((action) => ({
        id: action,
        if: CONDITIONS[action],
        uses: `$/${action}`,
        with: wiringOf(action),
      })),
    ],
  };
}

/** What the action at the root hands to a stage. */
function wiringOf(action: ActionName): Record<string, string> {
  const root = new Map(inputsOf("root"));
  return Object.fromEntries(
    inputsOf(action).flatMap(([name]): [string, string][] => {
      if (name === "results") return [[name, expression(RESULTS)]];
      // Stages leave their results for the last one, which writes the summary.
      if (name === "summary" && action !== "summary") return [];
      const wire = WIRES[`${action}.${name}`];
      if (wire !== undefined) return [[name, expression(wire)]];
      return root.has(name) ? [[name, expression(`inputs.${name}`)]] : [];
    }),
  );
}

/** The outputs of the action at the root, each with the stage that knows it. */
export function compositeOutputs(): Record<string, { description: string; value: string }> {
  return Object.fromEntries(
    outputsOf("root").map(([name, { description, actions }]) => {
      const stages = SOURCES[name] ?? actions.filter((stage) => stage !== "verify");
      const value = stages.map((stage) => `steps.${stage}.outputs.${name}`);
      if (name === "gvmi-path") value.push("inputs.gvmi");
      return [name, { description, value: expression(value.join(" || ")) }];
    }),
  );
}
