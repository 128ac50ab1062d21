import { requirementsFor } from "../../src/sizing/requirements.ts";

const GIB = 1024 ** 3;

test("what was needed gets a margin, and is rounded up", () => {
  const need = { memoryMib: 214, storageBytes: 0.33 * GIB, threads: 2 };
  expect(requirementsFor(need, 0.25)).toEqual({
    minMemGib: 0.3,
    minStorageGib: 0.45,
    minCpuThreads: 2,
  });
});

test("what is exactly a step stays it", () => {
  const need = { memoryMib: 1024, storageBytes: 2 * GIB, threads: 1 };
  expect(requirementsFor(need, 0)).toMatchObject({ minMemGib: 1, minStorageGib: 2 });
});

test("there is always some storage", () => {
  const need = { memoryMib: 86, storageBytes: 0, threads: 1 };
  expect(requirementsFor(need, 0.25)).toMatchObject({ minMemGib: 0.15, minStorageGib: 0.1 });
});
