import { RE2JS } from "re2js";
import type { PlannedTest, TestOutcome } from "../../src/checks/planned-test.ts";
import { VmError } from "../../src/errors.ts";
import type { Gvmi } from "../../src/gvmi/read.ts";
import { runPlannedTest, skippedResult } from "../../src/pipeline/run-planned-test.ts";
import { type TestProfileInput, TestRun } from "../../src/pipeline/test-run.ts";
import { selectTests } from "../../src/pipeline/test-selection.ts";
import { TestSlot } from "../../src/pipeline/test-slot.ts";
import type { Runtime } from "../../src/vm/runtime.ts";
import { testingInput } from "../support/test-image.ts";

const passed: TestOutcome = { problems: [], steps: [] };
const failed: TestOutcome = { problems: ["first", "second"], steps: [] };

/** A test without a VM that has these outcomes, one after the other. */
function planned(name: string, outcomes: readonly (TestOutcome | Error)[]): PlannedTest {
  const left = [...outcomes];
  return {
    id: name,
    name,
    source: { file: "my tests.yml", line: 3 },
    kind: "metadata",
    reach: "image",
    run: async () => {
      const outcome = left.shift() ?? passed;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
}

function runOf(tests: readonly PlannedTest[], options: Partial<TestProfileInput> = {}): TestRun {
  const { vm, progress } = testingInput("i.gvmi");
  const runtime = {
    name: "system",
    version: "6.1",
    reason: "as asked for",
    profile: "v0.4",
    acceleratorChoice: { accelerator: "tcg", reason: "as asked for" },
    agent: "ours",
  } as unknown as Runtime;
  const gvmi = { path: "i.gvmi" } as Gvmi;
  const input = {
    image: { path: "i.gvmi", volumes: [], workingDirectory: "/", environment: [] },
    underTest: { gvmi, atRest: undefined },
    vm: { ...vm, memory: 512 },
    tests,
    progress,
    ...options,
  };
  return new TestRun(input, runtime, new AbortController().signal);
}

async function result(test: PlannedTest, options: Partial<TestProfileInput> = {}) {
  const run = runOf([test], options);
  return runPlannedTest(run, new TestSlot(run, 0), test);
}

test("a failed test tells all its problems, and how to repeat it", async () => {
  expect(await result(planned("it's (a) test", [failed]))).toMatchObject({
    verdict: "failed",
    ok: false,
    message: "first; second",
    problems: ["first", "second"],
    isolation: "at-rest",
    profile: "v0.4",
    attempts: 1,
    repeatCommand:
      "golem-image test i.gvmi --profile v0.4 --memory 512MiB --tests 'my tests.yml' --only '^it'\\''s \\(a\\) test$'",
  });
});

test("a test that passes when it is tried again is flaky, and says what had failed", async () => {
  expect(await result(planned("a", [failed, passed]), { retries: 2 })).toMatchObject({
    verdict: "flaky",
    ok: true,
    attempts: 2,
    message: "first; second",
    problems: [],
  });
});

test("one that never passes has failed, and by default none is tried again", async () => {
  const never = planned("a", [failed, failed, failed]);
  expect(await result(never, { retries: 2 })).toMatchObject({ verdict: "failed", attempts: 3 });
  expect(await result(planned("a", [failed, passed]))).toMatchObject({ verdict: "failed" });
});

/** A slot whose VM ends with each test that fails in it. */
function mortalSlot(): TestSlot {
  const machine = { isUsable: () => false };
  return {
    index: 0,
    machine,
    prepare: async () => ({ machine, isolation: "boot" }),
    sampleWhile: (body: () => Promise<unknown>) => body(),
    sample: async () => {},
    fail: async (error: unknown) => error,
  } as unknown as TestSlot;
}

test("a VM that ended fails the run when its test did not pass in another one", async () => {
  const end = new VmError("The VM ended.");
  const test = (outcomes: readonly (TestOutcome | Error)[]) =>
    ({ ...planned("a", outcomes), reach: "changes" }) as const;
  const saved = runOf([], { retries: 1 });
  expect(await runPlannedTest(saved, mortalSlot(), test([end, passed]))).toMatchObject({
    verdict: "flaky",
  });
  expect(saved.result()).toMatchObject({ ok: true, failure: null });
  const lost = runOf([], { retries: 1 });
  await runPlannedTest(lost, mortalSlot(), test([end, end]));
  expect(lost.result()).toMatchObject({
    ok: false,
    failure: { message: "The VM ended.", during: "a" },
  });
});

test("how tests are judged and kept apart is part of what repeats one", async () => {
  const options = { compatibility: "strict", isolation: "shared" } as const;
  expect(await result(planned("a", [failed]), options)).toMatchObject({
    repeatCommand: expect.stringContaining("--compat strict --isolation shared --only '^a$'"),
  });
});

test("an error of a person's kind is a failed test, and a bug is thrown", async () => {
  const hint = "Give it one.";
  const explained = await result(planned("a", [new VmError("It has no file.", { hint })]));
  expect(explained).toMatchObject({
    verdict: "failed",
    message: "It has no file",
    explanation: { text: hint },
  });
  await expect(result(planned("a", [new TypeError("bug")]))).rejects.toThrow(TypeError);
});

test("with fail-fast nothing is run after a failure, and a test about the others comes last", () => {
  const last = { ...planned("about all", []), isLast: true };
  const run = runOf([last, planned("a", []), planned("b", [])], { failFast: true });
  const first = run.next();
  const second = run.next();
  expect([first?.test.name, second?.test.name]).toEqual(["a", "b"]);
  // It waits for the others.
  expect(run.next()).toBeUndefined();
  const skipped = skippedResult(run, planned("a", []));
  expect(skipped).toMatchObject({ verdict: "skipped", ok: true, attempts: 0 });
  run.done(1, { ...skipped, ok: false, verdict: "failed" });
  expect(run.isOver).toBe(true);
  run.done(2, skipped);
  expect(run.next()?.test.name).toBe("about all");
});

test("the command that repeats a test is one line, whatever the test is called", async () => {
  const name = "two\nlines\t(1)";
  const { repeatCommand } = await result(planned(name, [failed]));
  expect(repeatCommand).not.toMatch(/\p{Cc}/u);
  const [, pattern = ""] = / --only '(.*)'$/.exec(repeatCommand) ?? [];
  expect(RE2JS.compile(pattern).matcher(name).find()).toBe(true);
});

test("of tests with one name the command repeats the one that failed", async () => {
  const both = [
    { ...planned("same", [failed]), id: "a(.yaml#commandTests[0]" },
    { ...planned("same", [failed]), id: "a(.yaml#commandTests[1]" },
  ];
  const run = runOf(both);
  for (const test of both) {
    const { repeatCommand } = await runPlannedTest(run, new TestSlot(run, 0), test);
    expect(repeatCommand).toContain(` --only '${test.id}'`);
    expect(await selectTests(both, { only: test.id })).toEqual([test]);
  }
  const elsewhere = { ...planned("same", [failed]), source: { file: "b.yaml", line: 1 } };
  const apart = runOf([planned("same", []), elsewhere]);
  const { repeatCommand } = await runPlannedTest(apart, new TestSlot(apart, 0), elsewhere);
  expect(repeatCommand).toContain(" --tests b.yaml --only '^same$'");
});
