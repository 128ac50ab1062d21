import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { loadSettings } from "../../src/settings/load-settings.ts";

interface Workflow {
  readonly on: {
    readonly workflow_call: Record<"inputs" | "secrets" | "outputs", Record<string, object>>;
  };
}

const read = (path: string) => readFileSync(path, "utf8");
const action = parse(read("action.yml"));
const workflow = (name: string): Workflow =>
  parse(read(`.github/workflows/golem-image-${name}.yml`));
const pullRequest = workflow("pr").on.workflow_call;
const release = workflow("release").on.workflow_call;

/** The names in the first column of the table whose heading starts like this. */
function namesInTable(page: string, heading: string, nth = 0): string[] {
  const tables = read(page).split(`\n| ${heading}`);
  const table = tables[nth + 1]?.split("\n\n")[0] ?? "";
  const rows = table.split("\n").slice(2);
  return rows.flatMap((row) => codesIn(row.split("|")[1] ?? ""));
}

const codesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

/** What the sentence that starts like this lists. */
const namesInSentence = (page: string, start: string, end: string) =>
  codesIn(read(page).split(start)[1]?.split(end)[0] ?? "");

describe("the README", () => {
  it("names inputs that the action has", () => {
    const names = namesInTable("README.md", "input, among others");
    expect(names.length).toBeGreaterThan(20);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(names));
  });

  it("names every output", () => {
    const names = namesInTable("README.md", "output |");
    expect(names.sort()).toEqual(Object.keys(action.outputs).sort());
  });

  it("shows a whole workflow in ten lines", () => {
    const [, first = ""] = /^```yaml\n(name:.*?)^```$/ms.exec(read("README.md")) ?? [];
    expect(first.trimEnd().split("\n")).toHaveLength(10);
    expect(parse(first)).toHaveProperty("jobs");
  });
});

it("the README's settings are settings", async () => {
  const [, text = ""] = /^```yaml\n(vm:.*?)^```$/ms.exec(read("README.md")) ?? [];
  const directory = await mkdtemp(join(tmpdir(), "gi-"));
  try {
    await writeFile(join(directory, "golem-image.yml"), text);
    const { settings } = await loadSettings(directory);
    expect(settings.tests).toHaveLength(2);
    expect(settings.vm.memory).toBe(512);
  } finally {
    await rm(directory, { recursive: true });
  }
});

describe("docs/workflows.md", () => {
  const page = "docs/workflows.md";
  const common = namesInTable(page, "input | default |", 0);

  it("lists the inputs and outputs of the workflow for pull requests", () => {
    expect(common.sort()).toEqual(Object.keys(pullRequest.inputs).sort());
    expect(namesInSentence(page, "The outputs are", ".").sort()).toEqual(
      Object.keys(pullRequest.outputs).sort(),
    );
    expect(pullRequest.secrets).toBeUndefined();
  });

  it("lists the inputs, secrets and outputs of the one for releases", () => {
    const more = namesInTable(page, "input | default |", 1);
    expect([...common, ...more].sort()).toEqual(Object.keys(release.inputs).sort());
    const listed = namesInSentence(page, "The secrets are", ". Secrets of");
    expect(listed.sort()).toEqual(
      [...Object.keys(release.secrets), ...Object.keys(release.outputs)].sort(),
    );
  });
});

describe("the reusable workflows", () => {
  it("describe every input, and agree on those that both have", () => {
    for (const [name, input] of Object.entries(pullRequest.inputs)) {
      expect(input).toHaveProperty("description");
      expect(release.inputs[name]).toEqual(input);
    }
  });

  it.each(["pr", "release"])("use every input and secret that %s has", (name) => {
    const text = read(`.github/workflows/golem-image-${name}.yml`);
    const { inputs, secrets = {} } = workflow(name).on.workflow_call;
    for (const input of Object.keys(inputs)) expect(text).toContain(`inputs.${input}`);
    for (const secret of Object.keys(secrets)) expect(text).toContain(`secrets.${secret}`);
  });

  it("name the actions of others by their commits, the same everywhere", () => {
    const files = ["ci", "release", "golem-image-pr", "golem-image-release"];
    const versions = new Map<string, Set<string>>();
    for (const file of files) {
      const uses = read(`.github/workflows/${file}.yml`).matchAll(
        /uses: ([\w-]+\/[^@\s]+)@(.*)$/gm,
      );
      for (const [, used = "", version = ""] of uses) {
        expect(version).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
        versions.set(used, (versions.get(used) ?? new Set()).add(version));
      }
    }
    expect(versions.size).toBeGreaterThan(5);
    for (const seen of versions.values()) expect(seen.size).toBe(1);
  });
});
