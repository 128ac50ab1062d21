import { nearest } from "../../src/settings/nearest.ts";

const known = ["memory", "cpus", "accelerator", "exitCode", "put", "get"];

test.each([
  ["memroy", "memory"],
  ["exit-code", "exitCode"],
  ["EXITCODE", "exitCode"],
  ["acelerator", "accelerator"],
  ["pt", "put"],
])("%s most likely means %s", (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});

test.each(["storage", "x", "", "network"])("%j resembles none", (word) => {
  expect(nearest(word, known)).toBeUndefined();
});
