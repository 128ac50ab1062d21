import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
// @ts-expect-error: plain JavaScript, what ships is built by it
import { buildProgram } from "../../scripts/build-program.mjs";
import type { ActionName } from "../../src/actions/inputs/action-names.ts";

const ROOT = join(__dirname, "../..");

export interface ActionRun {
  exitCode: number;
  /** stdout and stderr. */
  log: string;
  outputs: Record<string, string>;
  summary: string;
  state: Record<string, string>;
  /** What the step wrote for the environment of later ones. */
  environment: string;
  /** `error`, `warning` and `notice` commands of the log. */
  annotations: { level: string; properties: string; message: string }[];
}

export interface ActionRunOptions {
  env?: NodeJS.ProcessEnv;
  /** Called with the process and all of its log so far, each time there is more. */
  onLog?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Further arguments of Node. */
  nodeArguments?: string[];
  /** Runs the post step, with the state that the main step left. */
  state?: Record<string, string>;
}

/** Runs actions as GitHub's runner does: a bundle under Node, inputs and files in the environment. */
export class ActionRunner {
  /** The directory of the bundles; inside the repository, so that they find dist/guest. */
  private readonly bundles: string;
  readonly workspace: string;
  readonly temporary: string;

  /** @param directory for the workspace and the runner's files */
  constructor(private readonly directory: string) {
    const cache = join(ROOT, "node_modules/.cache/golem-image-tests");
    mkdirSync(cache, { recursive: true });
    this.bundles = mkdtempSync(join(cache, "actions-"));
    this.workspace = join(directory, "work space");
    this.temporary = join(directory, "temp");
    mkdirSync(this.workspace, { recursive: true });
    mkdirSync(this.temporary, { recursive: true });
  }

  /** Bundles actions from the sources as they are now. */
  async build(...actions: ActionName[]): Promise<void> {
    for (const action of actions) await buildProgram(this.bundles, action);
  }

  get bundleDirectory(): string {
    return this.bundles;
  }

  run(
    action: ActionName,
    inputs: Record<string, string> = {},
    options: ActionRunOptions = {},
  ): Promise<ActionRun> {
    const files = mkdtempSync(join(this.directory, "files-"));
    const names = ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_STATE", "GITHUB_ENV"];
    const paths = Object.fromEntries(names.map((name) => [name, join(files, name)]));
    for (const path of Object.values(paths)) writeFileSync(path, "");
    const state = Object.entries(options.state ?? {}).map(([name, text]) => [
      `STATE_${name}`,
      text,
    ]);
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
      CONTAINERS_STORAGE_CONF: process.env.CONTAINERS_STORAGE_CONF,
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: this.workspace,
      RUNNER_TEMP: this.temporary,
      ...paths,
      ...inputVariables(action, inputs),
      ...Object.fromEntries(state),
      ...options.env,
    };
    const program = join(this.bundles, action, "index.cjs");
    return new Promise((resolve, reject) => {
      // The runner starts actions in the workspace; nothing may rely on more than its variable.
      const child = spawn(process.execPath, [...(options.nodeArguments ?? []), program], {
        cwd: "/",
        env,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let log = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text) => {
          log += text;
          options.onLog?.(log, (signal) => child.kill(signal));
        });
      }
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const read = (name: string) => readFileSync(paths[name] ?? "", "utf8");
        resolve({
          exitCode: code ?? (signal === "SIGKILL" ? 137 : 143),
          log,
          outputs: parseFileCommands(read("GITHUB_OUTPUT")),
          state: parseFileCommands(read("GITHUB_STATE")),
          summary: read("GITHUB_STEP_SUMMARY"),
          environment: read("GITHUB_ENV"),
          annotations: [...log.matchAll(/^::(error|warning|notice) ([^\n]*?)::(.*)$/gm)].map(
            ([, level = "", properties = "", message = ""]) => ({ level, properties, message }),
          ),
        });
      });
    });
  }
}

/** As the runner makes them: what is not given has the default of `action.yml`. */
function inputVariables(action: ActionName, given: Record<string, string>): NodeJS.ProcessEnv {
  const { inputs } = parse(readFileSync(join(ROOT, action, "action.yml"), "utf8"));
  const unknown = Object.keys(given).filter((name) => !(name in inputs));
  if (unknown.length > 0) throw new Error(`${action} has no inputs ${unknown.join(", ")}.`);
  return Object.fromEntries(
    Object.entries(inputs as Record<string, { default?: string }>).map(([name, definition]) => {
      const fallback = definition.default?.startsWith("${{") ? "" : (definition.default ?? "");
      return [`INPUT_${name.toUpperCase()}`, given[name] ?? fallback];
    }),
  );
}

/** `name<<delimiter`, the value, the delimiter. */
function parseFileCommands(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const match = /^([^\n]+?)<<([^\n]+)\n([\s\S]*?)\n\2\n/.exec(rest);
    if (!match) throw new Error(`not a file command: ${rest}`);
    values[match[1] ?? ""] = match[3] ?? "";
    rest = rest.slice(match[0].length);
  }
  return values;
}
