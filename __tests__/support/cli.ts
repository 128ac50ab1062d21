import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type BuildOptions, build } from "esbuild";
// @ts-expect-error: plain JavaScript, what ships is built by it
import { buildProgram } from "../../scripts/build-program.mjs";
// @ts-expect-error: plain JavaScript, shared with the build script
import { bundleOptions } from "../../scripts/bundle-options.mjs";

const ROOT = join(__dirname, "../..");
/** Inside the repository, so that the bundle finds dist/guest as the committed one does. */
const BUNDLE_DIRECTORY = join(ROOT, "node_modules/.cache/golem-image-tests");

export interface CliResult {
  /** 128 + the signal's number when a signal ended it. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What stdin holds; nothing when absent. */
  input?: string;
  /** Called with the process and all of its stderr so far, each time there is more. */
  onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Bundles the command line program from the sources as they are now, in the form in which it ships. */
export const bundleCli = (): Promise<string> =>
  buildProgram(join(BUNDLE_DIRECTORY, `program-${randomBytes(6).toString("hex")}`));

/**
 * Bundles a module from the sources as they are now.
 *
 * @returns the bundle's path
 */
export async function bundle(entryPoint: string): Promise<string> {
  mkdirSync(BUNDLE_DIRECTORY, { recursive: true });
  const unique = randomBytes(6).toString("hex");
  const outfile = join(BUNDLE_DIRECTORY, `${basename(entryPoint, ".ts")}-${unique}.cjs`);
  await build({
    entryPoints: [join(ROOT, entryPoint)],
    outfile,
    ...(bundleOptions as BuildOptions),
  });
  return outfile;
}

/** @returns what runs the program as a process of its own, without node_modules */
export async function buildCli(): Promise<
  (args: string[], options?: CliOptions) => Promise<CliResult>
> {
  return golemImageOf(await bundleCli());
}

/** @param program the bundle's path */
export function golemImageOf(
  program: string,
): (args: string[], options?: CliOptions) => Promise<CliResult> {
  return (args, options = {}) => run(program, args, options);
}

function run(program: string, args: string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      stdio: "pipe",
    });
    // A program may end without having read all of it.
    child.stdin.on("error", () => {}).end(options.input);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
      options.onStderr?.(stderr, (signal) => child.kill(signal));
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const exitCode = code ?? 128 + (signal === "SIGINT" ? 2 : 15);
      resolve({ exitCode, stdout, stderr });
    });
  });
}
