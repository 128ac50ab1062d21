import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** How the documentation writes the name of this repository, and what an own action is in the copy that is checked. */
const OWN_REFERENCE =
  /(\buses:\s*["']?)(?:\$\/|org\/golem-image-action\/?)([^\s@"'#]*)(?:@[\w.-]+)?/g;

const JOB_AROUND_STEPS = `name: Steps
on: push
permissions: {}
concurrency: {group: steps, cancel-in-progress: true}
jobs:
  steps:
    name: Steps
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:`;

/**
 * @typedef {object} Source
 * @property {string} label where a person finds it, such as `README.md:120`
 * @property {"workflow" | "action"} kind
 * @property {string} text
 * @property {string} path in the copy that is checked
 */

/** All workflows and actions of the repository, those in its documentation among them. @returns {Source[]} */
export function collectSources(root) {
  return [
    ...workflowsIn(root, ".github/workflows", ""),
    ...workflowsIn(root, "examples/workflows", "example-"),
    ...actionsIn(root, "."),
    ...actionsIn(root, "__tests__/workflows/stand-ins"),
    ...markdownFiles(root).flatMap((file) => sourcesOfMarkdown(file, read(root, file))),
  ];
}

/** The same of single files. @returns {Source[]} */
export function sourcesOf(files) {
  return files.flatMap((file, index) => {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".md")) return sourcesOfMarkdown(file, text);
    const isAction = /(?:^|\/)action\.ya?ml$/.test(file);
    const path = isAction ? `given-${index}/action.yml` : workflowPath(`given-${index}`);
    return [{ label: file, kind: isAction ? "action" : "workflow", text, path }];
  });
}

/**
 * The workflows in a Markdown text, and the steps, which become a workflow of one job.
 *
 * @returns {Source[]}
 */
export function sourcesOfMarkdown(file, text) {
  const found = [];
  for (const match of text.matchAll(/^```ya?ml\n(.*?)^```$/gms)) {
    const line = text.slice(0, match.index).split("\n").length + 1;
    const workflow = asWorkflow(match[1]);
    if (workflow === undefined) continue;
    const name = `${file.replace(/[^\w]+/g, "-")}-${line}`;
    found.push({
      label: `${file}:${line}`,
      kind: "workflow",
      text: workflow,
      path: workflowPath(name),
    });
  }
  return found;
}

/** A source as it would be in this repository: its own actions are local ones, which actionlint looks into. */
export function withLocalReferences(text) {
  return text.replaceAll(OWN_REFERENCE, (_, before, path) => `${before}./${path}`);
}

// Other YAML in the documentation, such as settings, is none of this script's business.
function asWorkflow(yaml) {
  const document = parse(yaml);
  if (Array.isArray(document) && document.some((step) => step?.uses !== undefined)) {
    const steps = yaml.trimEnd().replaceAll(/^/gm, "      ");
    return `${JOB_AROUND_STEPS}\n${steps}\n`;
  }
  return document?.jobs === undefined ? undefined : yaml;
}

function workflowsIn(root, directory, prefix) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({
      label: `${directory}/${name}`,
      kind: "workflow",
      text: read(root, `${directory}/${name}`),
      path: workflowPath(`${prefix}${name.replace(/\.ya?ml$/, "")}`),
    }));
}

function actionsIn(root, directory) {
  if (!existsSync(join(root, directory))) return [];
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory() && entry.name !== "node_modules");
  return [".", ...below.map(({ name }) => name)]
    .map((name) => join(directory, name, "action.yml"))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ label: path, kind: "action", text: read(root, path), path }));
}

function markdownFiles(root) {
  const names = ["docs", "examples", "examples/workflows"]
    .filter((directory) => existsSync(join(root, directory)))
    .flatMap((directory) =>
      readdirSync(join(root, directory)).map((name) => `${directory}/${name}`),
    );
  return ["README.md", ...names.filter((name) => name.endsWith(".md"))];
}

const workflowPath = (name) => `.github/workflows/${name}.yml`;
const read = (root, path) => readFileSync(join(root, path), "utf8");
