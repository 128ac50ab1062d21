import { dirname } from "node:path";
import { validateDocument } from "../../settings/validate-document.ts";
import type { YamlDocument } from "../../settings/yaml-document.ts";
import type { PlannedTest } from "../planned-test.ts";
import { runScript } from "./run-script.ts";
import { scriptSchema } from "./schema.ts";

export interface ScriptOptions {
  /** What messages call the file; `file:` URLs are relative to its directory. */
  readonly path: string;
  readonly document: YamlDocument;
  /** Milliseconds for each command. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Plans the one test that a Golem exe-script is.
 *
 * @throws {SettingsFileError} with every problem and its place
 */
export async function planScript({
  path,
  document,
  timeoutMs,
}: ScriptOptions): Promise<Pick<PlannedTest, "kind" | "reach" | "run">> {
  const commands = await validateDocument({
    path,
    document,
    schema: scriptSchema,
    value: withEmptyCommands(document.value),
    hint: "docs/tests.md describes scripts.",
  });
  const options = { directory: dirname(path), timeoutMs };
  return {
    kind: "script",
    reach: "changes",
    run: (context) => runScript(commands, options, context),
  };
}

/** `- deploy` and `- deploy:` mean `- deploy: {}`. */
function withEmptyCommands(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((command) => {
    if (typeof command === "string") return { [command]: {} };
    if (typeof command !== "object" || command === null || Array.isArray(command)) return command;
    return Object.fromEntries(Object.entries(command).map(([name, body]) => [name, body ?? {}]));
  });
}
