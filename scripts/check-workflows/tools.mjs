import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** What checks and runs workflows, in the very versions that it is done with. */
const TOOLS = {
  actionlint: { version: "1.7.12", go: "github.com/rhysd/actionlint/cmd/actionlint" },
  zizmor: { version: "1.32.0", python: "zizmor" },
  act: { version: "0.2.89", go: "github.com/nektos/act" },
};

/**
 * The path of a tool, which is installed when it is not there: from the Go module proxy (whose checksum database
 * knows what its bytes are) or PyPI, into the cache of the user.
 *
 * @param {keyof typeof TOOLS} name
 * @returns {{path: string} | {missing: string}} `missing` says why there is none
 */
export function provideTool(name) {
  const tool = TOOLS[name];
  const directory = join(toolDirectory(), `${name}-${tool.version}`);
  const path = join(directory, "bin", name);
  if (existsSync(path)) return { path };
  const installer = tool.go === undefined ? "python3" : "go";
  const label = tool.go === undefined ? "Python" : "Go";
  if (!isOnPath(installer)) return { missing: `there is no ${label} to install ${name} with` };
  console.error(`installing ${name} ${tool.version} in ${directory}`);
  mkdirSync(dirname(directory), { recursive: true });
  const scratch = mkdtempSync(join(dirname(directory), ".installing-"));
  try {
    const { status, stderr, error } =
      tool.go === undefined
        ? run("python3", pipArguments(tool, scratch), {})
        : run("go", ["install", `${tool.go}@v${tool.version}`], { GOBIN: join(scratch, "bin") });
    if (status === 0) moveInto(scratch, directory);
    if (existsSync(path)) return { path };
    const reason = (error?.message ?? stderr ?? "").trim().split("\n").at(-1);
    return { missing: `${name} ${tool.version} could not be installed: ${reason}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function toolDirectory() {
  const { GOLEM_IMAGE_CACHE: own, XDG_CACHE_HOME: base } = process.env;
  return join(
    own || join(base?.startsWith("/") ? base : join(homedir(), ".cache"), "golem-image"),
    "tools",
  );
}

// With a target, pip needs no virtual environment and touches none.
function pipArguments({ python, version }, directory) {
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];
  return ["-m", "pip", "install", ...options, "--target", directory, `${python}==${version}`];
}

function run(program, args, environment) {
  return spawnSync(program, args, {
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, ...environment },
  });
}

function moveInto(scratch, directory) {
  try {
    renameSync(scratch, directory);
  } catch (error) {
    // Another process has installed the same in the meantime.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
}

function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
