// Runs a workflow that uses this suite in act, on this machine itself and without GitHub.
//
//   node scripts/act-run.mjs --workspace DIR --workflow FILE [--layout elsewhere|beside] [--tag NAME] [--dist DIR] \
//     [-- ARGUMENTS OF ACT]
//
// The workspace is copied, and so is the suite: elsewhere, where a runner has the actions of others, or beside the
// workspace's own files, as in this repository. In the copy, $/x is what act knows in its place, and the actions of
// others are those of __tests__/workflows/stand-ins. STAND_INS in the environment says where these leave their files.
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { provideTool } from "./check-workflows/tools.mjs";

const SUITE = "org/golem-image-action";
const STAGES = ["lint", "build", "convert", "test", "publish", "verify", "summary"];
const RUNNERS = ["ubuntu-22.04", "ubuntu-24.04", "ubuntu-latest"];
/** The command line, which no action needs, is most of what is in dist/. */
const NOT_COPIED = new Set(["cli"]);
const OWN_REFERENCE = new RegExp(
  String.raw`(\buses:\s*["']?)(?:\$/|${SUITE}(?=[/@])/?)([^\s@"'#]*)(?:@v1)?`,
  "g",
);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** act hands the path of a step's script to bash without quotes, and ours has spaces. */
const QUOTING_SHELL = `bash --noprofile --norc -e -o pipefail "{0}"`;

const { values, positionals } = parseArgs({
  options: {
    workspace: { type: "string" },
    workflow: { type: "string" },
    layout: { type: "string", default: "elsewhere" },
    tag: { type: "string" },
    dist: { type: "string", default: join(root, "dist") },
  },
  allowPositionals: true,
});
if (values.workspace === undefined || values.workflow === undefined) {
  console.error(
    "act-run: --workspace and --workflow are needed; the first lines of this script say more.",
  );
  process.exit(2);
}
const act = provideTool("act");
if ("missing" in act) {
  console.error(`act-run: ${act.missing}`);
  process.exit(15);
}

const scratch = mkdtempSync(join(tmpdir(), "gi act "));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));
const workspace = join(scratch, "work space");
const suite = values.layout === "beside" ? workspace : join(scratch, "the suite");
// The times of files are part of the image.
cpSync(values.workspace, workspace, { recursive: true, preserveTimestamps: true });
copySuite();
const standIns = copyStandIns();
const workflow = join(workspace, ".github", "workflows", "run.yml");
mkdirSync(dirname(workflow), { recursive: true });
writeFileSync(workflow, adapt(readFileSync(values.workflow, "utf8")));
commitWorkspace();
runAct();

function copySuite() {
  for (const name of [".", ...STAGES]) {
    mkdirSync(join(suite, name), { recursive: true });
    const path = join(name, "action.yml");
    writeFileSync(join(suite, path), adapt(readFileSync(join(root, path), "utf8")));
  }
  const workflows = join(".github", "workflows");
  mkdirSync(join(suite, workflows), { recursive: true });
  for (const name of readdirSync(join(root, workflows))) {
    if (!name.startsWith("golem-image-")) continue;
    const text = readFileSync(join(root, workflows, name), "utf8");
    writeFileSync(join(suite, workflows, name), adapt(text));
  }
  for (const name of readdirSync(values.dist)) {
    if (NOT_COPIED.has(name)) continue;
    cpSync(join(values.dist, name), join(suite, "dist", name), { recursive: true });
  }
}

function copyStandIns() {
  const copy = join(scratch, "stand ins");
  cpSync(join(root, "__tests__", "workflows", "stand-ins"), copy, { recursive: true });
  for (const name of readdirSync(copy, { recursive: true })) {
    if (!name.endsWith("action.yml")) continue;
    const path = join(copy, name);
    writeFileSync(path, adapt(readFileSync(path, "utf8")));
  }
  return copy;
}

/** act knows no `$/`: it finds an action in the workspace, or by the name of its repository. */
function adapt(text) {
  const adapted = text
    .replaceAll(/\bshell: bash$/gm, `shell: ${QUOTING_SHELL}`)
    .replaceAll(OWN_REFERENCE, (_, before, path) => {
      if (values.layout === "beside") return `${before}./${path}`;
      return `${before}${path === "" ? SUITE : `${SUITE}/${path}`}@v1`;
    });
  return /^jobs:/m.test(adapted)
    ? `${adapted}\ndefaults:\n  run:\n    shell: ${QUOTING_SHELL}\n`
    : adapted;
}

/** Each action of others, at the very commit that a workflow names, with the directory of its stand-in. */
function replacements() {
  const directory = join(suite, ".github", "workflows");
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  texts.push(readFileSync(workflow, "utf8"));
  const found = new Map([[`${SUITE}@v1`, suite]]);
  for (const [, owner, name, ref] of texts
    .join("\n")
    .matchAll(/\buses:\s*["']?([\w-]+)\/([\w.-]+)[^\s@]*@([\w.-]+)/g)) {
    const path = join(standIns, name);
    if (existsSync(path)) found.set(`${owner}/${name}@${ref}`, path);
  }
  return [...found].flatMap(([key, path]) => ["--local-repository", `${key}=${path}`]);
}

/** act takes the branch, the tag and the commit from git. */
function commitWorkspace() {
  const identity = ["-c", "user.name=act", "-c", "user.email=act@localhost"];
  const commands = [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all", "--force"],
    [...identity, "commit", "--quiet", "--no-verify", "--message=Workspace"],
    ...(values.tag === undefined ? [] : [["tag", values.tag]]),
  ];
  for (const args of commands) {
    const { status, stderr } = spawnSync("git", args, { cwd: workspace, encoding: "utf8" });
    if (status !== 0) throw new Error(`git ${args.join(" ")} failed: ${stderr}`);
  }
}

function runAct() {
  const args = [
    ...["--workflows", workflow, "--directory", workspace, "--no-cache-server"],
    ...["--action-cache-path", join(scratch, "act cache"), "--use-gitignore=false"],
    ...RUNNERS.flatMap((name) => ["--platform", `${name}=-self-hosted`]),
    ...["STAND_INS"].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : ["--env", `${name}=${value}`];
    }),
    ...replacements(),
    ...positionals,
  ];
  const child = spawn(act.path, args, { stdio: ["ignore", "inherit", "inherit"], cwd: workspace });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    throw error;
  });
  child.on("close", (code, signal) => {
    if (signal !== null) console.error(`act-run: act was ended by ${signal}`);
    process.exitCode = code ?? 1;
  });
}
