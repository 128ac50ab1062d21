import { causeOf } from "../../src/parity/causes.ts";
import { compareSurroundings, compareTest, knownSurroundings } from "../../src/parity/compare.ts";
import { formatParityMarkdown } from "../../src/parity/format-markdown.ts";
import type { ParityResult, SideResult } from "../../src/parity/parity-result.ts";
import type { Probe } from "../../src/parity/probe.ts";

const passed: SideResult = { verdict: "passed", message: "" };
const failed: SideResult = { verdict: "failed", message: "exit code 1 | <b>" };
const notRun: SideResult = { verdict: "not-run", message: "nothing was run in Docker" };
const cause = causeOf("environment", "It passes with the image's ENV.");

test("a difference has a cause, and what fails in Docker, too, has none of Golem's", () => {
  expect(compareTest("a", passed, failed, cause)).toMatchObject({ differs: true, cause });
  expect(compareTest("a", passed, failed, undefined)).toMatchObject({ cause: { id: "other" } });
  expect(compareTest("a", failed, failed, cause)).toMatchObject({ differs: false, cause: null });
  expect(compareTest("a", failed, passed, undefined)).toMatchObject({ differs: true, cause: null });
  expect(compareTest("a", notRun, failed, cause)).toMatchObject({ differs: false, cause });
  expect(compareTest("a", notRun, passed, undefined)).toMatchObject({ cause: null });
});

const probe = (id: string, expected?: string): Probe => ({
  id,
  title: `About ${id}`,
  cause: "network",
  script: "",
  args: [],
  ...(expected !== undefined && { expected }),
});

test("answers are compared with Docker's, or with what the image says", () => {
  const golem = new Map([
    ["a", "1"],
    ["b", "1"],
    ["c", "not tried: the image has no ln"],
    ["d", "1"],
  ]);
  const probes = [probe("a", "2"), probe("b"), probe("c", "works"), probe("d", "1"), probe("e")];
  const alone = compareSurroundings(probes, undefined, golem);
  expect(alone).toMatchObject([
    { id: "a", docker: { text: "2", how: "expected" }, differs: true, cause: { id: "network" } },
    // Only Docker knows.
    { id: "b", docker: null, differs: false, cause: null },
    { id: "d", differs: false, cause: null },
  ]);
  const asked = compareSurroundings(probes, new Map([["a", "1"]]), golem);
  expect(asked[0]).toMatchObject({ docker: { text: "1", how: "run" }, differs: false });
});

test("what starts by itself is known without a run", () => {
  const gvmi = { env: [], volumes: [], entrypoint: ["/serve"], cmd: ["80"], workingDirectory: "/" };
  const known = knownSurroundings({ gvmi, atRest: undefined }, 128 * 1024 * 1024);
  expect(known).toMatchObject([
    { docker: { text: "/serve 80" }, golem: "nothing", cause: { rule: "GVM002" } },
    { golem: "128 MiB, in memory", cause: { rule: "GVM015" } },
  ]);
});

test("the page has each cause once, and nothing of the image's can change its form", () => {
  const result: ParityResult = {
    schema: 1,
    image: "a.gvmi",
    durationMs: 1,
    docker: null,
    dockerReason: "docker is not installed",
    profile: "documented",
    accelerator: "tcg",
    failure: null,
    tests: [
      compareTest("first\n# heading", notRun, failed, cause),
      compareTest("second", notRun, failed, cause),
    ],
    surroundings: compareSurroundings([probe("a", "2")], undefined, new Map([["a", "1"]])),
  };
  const page = formatParityMarkdown(result);
  expect(page).toContain("Nothing was run in Docker: docker is not installed.");
  expect(page).toContain("exit code 1 \\| \\<b\\>");
  expect(page.match(/^#.*/gm)).toEqual([
    "# Docker and Golem: a.gvmi",
    "## Tests",
    "## What the image meets",
    "## Why, and what to do",
  ]);
  expect(page.match(/^- \*\*environment\*\* \(GVM003\)/gm)).toHaveLength(1);
  expect(page).toContain("| About a | 2 (not run) | 1 | network (GVM024) |");
});
