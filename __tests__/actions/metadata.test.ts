import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
// @ts-expect-error: plain JavaScript, what ships is built by it
import { PROGRAMS } from "../../scripts/build-program.mjs";
import { ACTION_NAMES } from "../../src/actions/inputs/action-names.ts";
import { actionFiles } from "../../src/actions/metadata/action-files.ts";
import { placeTables } from "../../src/actions/metadata/tables.ts";

const ROOT = join(__dirname, "../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

interface Step {
  id: string;
  if?: string;
  uses?: string;
  with?: Record<string, string>;
}

interface Action {
  inputs: Record<string, { default?: string; required: boolean }>;
  outputs?: Record<string, { value?: string }>;
  runs: { using: string; main?: string; post?: string; steps?: Step[] };
}

const action = (name: string): Action => parse(read(join(name, "action.yml")));
const root = action(".");
const steps = root.runs.steps ?? [];

/** Every `inputs.X` and `steps.X.outputs.Y` of a text. */
const references = (text: string) =>
  [...text.matchAll(/\b(inputs|steps)\.([\w-]+)(?:\.outputs\.([\w-]+))?/g)].map(
    ([, kind, first = "", second = ""]) => ({ kind, first, second }),
  );

test("the metadata and the tables of the documentation are what the table of inputs says", () => {
  for (const [path, text] of actionFiles()) expect([path, read(path)]).toEqual([path, text]);
  expect(read("docs/actions.md")).toBe(placeTables(read("docs/actions.md")));
});

test("tables have no place where their marks are missing", () => {
  expect(() => placeTables("# Actions\n")).toThrow("marks of root-inputs are missing");
});

test.each(ACTION_NAMES)("%s runs a bundle that is built, under Node 24", (name) => {
  const { runs } = action(name);
  expect(runs.using).toBe("node24");
  expect(join(name, runs.main ?? "")).toBe(`dist/${name}/index.cjs`);
  expect(existsSync(join(ROOT, PROGRAMS[name]))).toBe(true);
});

test("the action at the root hands to each stage nothing but inputs that the stage has", () => {
  for (const { uses, with: wires = {} } of steps.filter((step) => step.uses)) {
    const stage = action((uses ?? "").replace("$/", ""));
    const unknown = Object.keys(wires).filter((name) => !(name in stage.inputs));
    expect([uses, unknown]).toEqual([uses, []]);
  }
});

test("every input of a stage that the root has is handed through", () => {
  for (const { uses, id, with: wires = {} } of steps.filter((step) => step.uses)) {
    const { inputs } = action((uses ?? "").replace("$/", ""));
    const missing = Object.keys(inputs).filter((name) => !(name in wires));
    // A stage that has `results` writes no summary of its own.
    expect([uses, missing]).toEqual([uses, id === "summary" ? [] : ["summary"]]);
  }
});

test("expressions of the root name inputs, steps and outputs that there are", () => {
  const texts = [
    ...steps.flatMap((step) => [step.if ?? "", ...Object.values(step.with ?? {})]),
    ...Object.values(root.outputs ?? {}).map(({ value }) => value ?? ""),
  ];
  const found = texts.flatMap(references);
  expect(found.length).toBeGreaterThan(50);
  for (const { kind, first, second } of found) {
    if (kind === "inputs") {
      expect(Object.keys(root.inputs)).toContain(first);
    } else if (first === "prepare") {
      expect(second).toBe("results");
    } else {
      expect(steps.map(({ id }) => id)).toContain(first);
      expect(Object.keys(action(first).outputs ?? {})).toContain(second);
    }
  }
});

test("every input of the root reaches a stage", () => {
  const used = new Set(
    steps.flatMap((step) =>
      references([step.if, ...Object.values(step.with ?? {})].join(" ")).map(({ first }) => first),
    ),
  );
  expect(Object.keys(root.inputs).filter((name) => !used.has(name))).toEqual([]);
});

test("types are given for the inputs and outputs that there are, and no others", () => {
  for (const name of [".", ...ACTION_NAMES]) {
    const types = parse(read(join(name, "action-types.yml")));
    const { inputs, outputs = {} } = action(name);
    expect(Object.keys(types.inputs)).toEqual(Object.keys(inputs));
    expect(Object.keys(types.outputs ?? {})).toEqual(Object.keys(outputs));
  }
});
