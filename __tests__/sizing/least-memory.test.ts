import { findLeastMemory, type MemorySearch } from "../../src/sizing/least-memory.ts";
import type { MemoryTrial } from "../../src/sizing/size-result.ts";

/** A VM that needs so much, and what was tried on it. */
function machineNeeding(leastMib: number) {
  const tried: number[] = [];
  let running = 0;
  let mostAtATime = 0;
  const attempt = async (memoryMib: number): Promise<MemoryTrial> => {
    tried.push(memoryMib);
    running += 1;
    mostAtATime = Math.max(mostAtATime, running);
    await Promise.resolve();
    running -= 1;
    const ok = memoryMib >= leastMib;
    return {
      memoryMib,
      kind: "boot",
      ok,
      reason: ok ? null : `${memoryMib} is little`,
      durationMs: 1,
    };
  };
  return { tried, attempt, mostAtATime: () => mostAtATime };
}

const search: Omit<MemorySearch, "attempt"> = {
  floorMib: 15,
  enoughMib: 256,
  parallel: 1,
  maxTrials: 50,
  toleranceMib: 1,
};

test.each([1, 2, 3])("the least is found to 1 MiB with %d boots at a time", async (parallel) => {
  for (const least of [16, 17, 86, 128, 255, 256]) {
    const machine = machineNeeding(least);
    const found = await findLeastMemory({ ...search, parallel, attempt: machine.attempt });
    expect(found.leastMib).toBe(least);
    expect(found.uncertaintyMib).toBe(0);
    // The boot with 1 MiB less was tried, unless it is the floor.
    if (least > 16) {
      expect(machine.tried).toContain(least - 1);
      expect(found.reason).toBe(`${least - 1} is little`);
    }
    expect(machine.tried.length).toBeLessThanOrEqual(9 * parallel);
    expect(machine.mostAtATime()).toBeLessThanOrEqual(parallel);
    expect(new Set(machine.tried).size).toBe(machine.tried.length);
  }
});

test("a search that may not boot more says how exact it is", async () => {
  const machine = machineNeeding(86);
  const found = await findLeastMemory({ ...search, maxTrials: 3, attempt: machine.attempt });
  expect(machine.tried.length).toBe(3);
  expect(found.leastMib).toBeGreaterThanOrEqual(86);
  expect(found.leastMib - found.uncertaintyMib).toBeLessThanOrEqual(86);
});

test("a good guess ends the search at once", async () => {
  const machine = machineNeeding(86);
  const given = { ...search, floorMib: 85, firstMib: 86, attempt: machine.attempt };
  expect((await findLeastMemory(given)).leastMib).toBe(86);
  expect(machine.tried).toEqual([86]);
});

test("the search is as exact as is asked for, and tries no more for it", async () => {
  const machine = machineNeeding(100);
  const found = await findLeastMemory({ ...search, toleranceMib: 16, attempt: machine.attempt });
  expect(found.leastMib).toBeGreaterThanOrEqual(100);
  expect(found.leastMib).toBeLessThan(116);
  expect(machine.tried.length).toBeLessThanOrEqual(4);
});

test("what fails with more than was enough does not raise the least", async () => {
  const flaky = async (memoryMib: number): Promise<MemoryTrial> => {
    const ok = memoryMib >= 86 && memoryMib !== 176;
    return { memoryMib, kind: "boot", ok, reason: ok ? null : "late", durationMs: 1 };
  };
  const found = await findLeastMemory({ ...search, parallel: 2, attempt: flaky });
  expect(found.leastMib).toBe(86);
});
