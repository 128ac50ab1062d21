import { type Command, InvalidArgumentError, Option } from "commander";
import { COMPATIBILITIES, type Compatibility } from "../checks/structure/choices.ts";
import { parseShard, type Shard } from "../pipeline/test-selection.ts";
import { ISOLATIONS, type IsolationChoice } from "../settings/test-settings.ts";
import { parsedBy, wholeNumberValue } from "./option-values.ts";

const MAX_RETRIES = 10;
const MAX_PARALLEL = 64;

/** Which tests are run, and how. */
export interface TestingOptionValues {
  tests?: string[];
  only?: string;
  shard?: Shard;
  isolation?: IsolationChoice;
  parallel?: number | "auto";
  failFast?: boolean;
  retries?: number;
  compat?: Compatibility;
}

/**
 * Adds the options to a command.
 *
 * @param names those that the command has; all of them when absent
 */
export function addTestingOptions(
  command: Command,
  names?: readonly (keyof TestingOptionValues)[],
): Command {
  for (const option of testingOptions()) {
    const name = option.attributeName() as keyof TestingOptionValues;
    if (names === undefined || names.includes(name)) command.addOption(option);
  }
  return command;
}

function testingOptions(): Option[] {
  return [
    new Option(
      "--tests <file>",
      "container-structure-test file or exe-script to run in place of the settings' tests (repeatable)",
    ).argParser((path: string, previous: readonly string[] = []) => [...previous, path]),
    new Option(
      "--only <pattern>",
      "run the tests whose names this regular expression (RE2) matches",
    ),
    new Option("--shard <index/count>", "run one part of the tests, such as 1/4").argParser(
      parsedBy(parseShard),
    ),
    new Option(
      "--isolation <kind>",
      "what state tests meet: reset (as after a boot), boot (one each), shared",
    ).choices(ISOLATIONS),
    new Option(
      "--parallel <count>",
      "VMs at a time, a number or auto, as far as memory and cores go (default: 1)",
    ).argParser(parallelValue),
    new Option("--fail-fast", "run nothing more after a test has failed"),
    new Option(
      "--retries <count>",
      "how often to try a failed test again; it is flaky when it passes then (default: 0)",
    ).argParser(wholeNumberValue(0, MAX_RETRIES)),
    new Option(
      "--compat <kind>",
      "golem, or strict: the verdicts of container-structure-test where that is possible",
    ).choices(COMPATIBILITIES),
  ];
}

function parallelValue(text: string): number | "auto" {
  if (text === "auto") return text;
  try {
    return wholeNumberValue(1, MAX_PARALLEL)(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`${error.message} Or auto.`);
  }
}
