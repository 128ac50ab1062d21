// Checks workflows and actions, those in the documentation among them: against GitHub's schemas, with actionlint,
// and with zizmor. The tools are installed where Go and Python are; elsewhere it is said what was not checked.
//
//   node scripts/check-workflows.mjs [FILE...]
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkSchema } from "./check-workflows/check-schema.mjs";
import { collectSources, sourcesOf, withLocalReferences } from "./check-workflows/sources.mjs";
import { provideTool } from "./check-workflows/tools.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = process.argv.slice(2);
const given = files.length === 0 ? [] : sourcesOf(files);
const repository = collectSources(root);
const sources = files.length === 0 ? repository : given;

const faults = sources.flatMap(checkSchema);
runTool("actionlint", (path, directory) => {
  // What a source refers to has to be there as well.
  writeCopies([...repository, ...given], directory, withLocalReferences);
  mkdirSync(join(directory, ".git"));
  symlinkSync(join(root, "dist"), join(directory, "dist"));
  const workflows = sources.filter(({ kind }) => kind === "workflow").map((source) => source.path);
  // Whether a machine has these two must not decide what is found.
  return [path, "-no-color", "-oneline", "-shellcheck=", "-pyflakes=", ...workflows];
});
runTool("zizmor", (path, directory) => {
  writeCopies(sources, directory, (text) => text);
  const options = ["--offline", "--no-progress", "--quiet", "--color=never", "--strict-collection"];
  const config = ["--config", join(root, ".github", "zizmor.yml")];
  return [path, ...options, ...config, ...sources.map((source) => source.path)];
});

if (faults.length === 0) console.log(`${sources.length} workflows and actions: no findings`);
else {
  console.error(faults.join("\n"));
  process.exitCode = 1;
}

/** Runs a tool on a copy of the sources, and adds what it finds to the faults. */
function runTool(name, prepare) {
  const tool = provideTool(name);
  if ("missing" in tool) {
    console.log(`not checked with ${name}: ${tool.missing}`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), "gi-"));
  try {
    const [program, ...args] = prepare(tool.path, directory);
    const { status, stdout, stderr, error } = spawnSync(program, args, {
      cwd: directory,
      encoding: "utf8",
    });
    if (status === 0) return;
    const output = error?.message ?? `${stdout}\n${stderr}`.trim();
    faults.push(`${name}:`, withLabels(output, [...given, ...repository]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeCopies(copied, directory, change) {
  for (const { path, text } of copied) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), change(text));
  }
}

/** The paths of copies become those that a person knows. */
function withLabels(output, copied) {
  return copied.reduce((text, { path, label }) => {
    return path === label ? text : text.replaceAll(path, label);
  }, output);
}
