import type { PlannedTest } from "../../src/checks/planned-test.ts";
import { countOfMachines } from "../../src/pipeline/test-parallelism.ts";
import { parseShard, selectTests } from "../../src/pipeline/test-selection.ts";

const tests = ["boots", "serves pages", "serves files", "stops", "is small"].map(
  (name, index): PlannedTest => ({
    id: `file#tests[${index}]`,
    name,
    source: null,
    kind: "command",
    reach: "changes",
    run: async () => ({ problems: [], steps: [] }),
  }),
);

const names = async (selection: Parameters<typeof selectTests>[1]) =>
  (await selectTests(tests, selection)).map(({ name }) => name);

test("tests are chosen by a pattern of their names, or by an id", async () => {
  expect(await names({ only: "^s.*s$" })).toEqual(["serves pages", "serves files", "stops"]);
  expect(await names({ only: "file#tests[3]" })).toEqual(["stops"]);
  await expect(names({ only: "nothing" })).rejects.toThrow(
    "No test has a name that matches /nothing/.",
  );
  await expect(names({ only: "(" })).rejects.toThrow("is not a regular expression");
});

test("every test is in exactly one shard", async () => {
  const shards = await Promise.all([1, 2, 3].map((index) => names({ shard: { index, count: 3 } })));
  expect(shards.flat().sort()).toEqual(tests.map(({ name }) => name).sort());
  expect(shards[0]).toEqual(["boots", "stops"]);
  expect(await names({ shard: { index: 6, count: 6 } })).toEqual([]);
});

test.each(["0/4", "5/4", "1", "1/0", "a/b", "1/4/2"])("%s is no shard", (text) => {
  expect(() => parseShard(text)).toThrow(`Invalid shard: "${text}".`);
});

const GIB = 1024 ** 3;

test.each([
  [{ requested: 4, tests: 10, memoryMib: 256, cpus: 1 }, { freeBytes: 16 * GIB, cores: 8 }, 4],
  [{ requested: 4, tests: 2, memoryMib: 256, cpus: 1 }, { freeBytes: 16 * GIB, cores: 8 }, 2],
  [{ requested: 8, tests: 10, memoryMib: 924, cpus: 1 }, { freeBytes: 4 * GIB, cores: 8 }, 3],
  [{ requested: 8, tests: 10, memoryMib: 256, cpus: 2 }, { freeBytes: 16 * GIB, cores: 4 }, 2],
  [{ requested: "auto", tests: 10, memoryMib: 256, cpus: 1 }, { freeBytes: 16 * GIB, cores: 3 }, 3],
  [{ requested: 2, tests: 10, memoryMib: 8192, cpus: 4 }, { freeBytes: GIB, cores: 2 }, 1],
] as const)("%j with %j are %d VMs", (input, machine, expected) => {
  expect(countOfMachines({ ...input, machine })).toBe(expected);
});
