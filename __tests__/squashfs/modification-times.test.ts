import { squashfsSeconds, withModificationTimes } from "../../src/squashfs/modification-times.ts";
import { entry } from "../support/entries.ts";

const at = (seconds: number) => ({ seconds, nanoseconds: 999_999_999 });

test.each([
  [-5, 0],
  [7, 7],
  [2 ** 32 - 1, 2 ** 32 - 1],
  [2 ** 33, 2 ** 32 - 1],
])("%d s is kept as %d s", (seconds, kept) => {
  expect(squashfsSeconds(at(seconds))).toBe(kept);
});

test("later times are clamped, earlier ones kept", () => {
  expect(squashfsSeconds(at(100), { clamp: 50 })).toBe(50);
  expect(squashfsSeconds(at(20), { clamp: 50 })).toBe(20);
  expect(squashfsSeconds(at(2 ** 33), { clamp: 2 ** 34 })).toBe(2 ** 32 - 1);
  expect(squashfsSeconds(at(100), { clamp: -1 })).toBe(0);
});

test("entries for another writer get the same times", async () => {
  const found = [];
  for await (const { path, modified } of withModificationTimes(
    [entry("a", { modified: at(100) })],
    { clamp: 50 },
  )) {
    found.push({ path, modified });
  }
  expect(found).toEqual([{ path: "a", modified: { seconds: 50, nanoseconds: 0 } }]);
});
