import { parseDuration, parseMemory } from "../../src/settings/quantities.ts";

test.each([
  ["512 MiB", 512],
  ["512MiB", 512],
  ["1 GiB", 1024],
  ["0.25 GiB", 256],
  ["300", 300],
  [300, 300],
])("%j is %d MiB of memory", (value, expected) => {
  expect(parseMemory(value)).toBe(expected);
});

test.each([
  "512 MB",
  "1 gib",
  "0",
  "-1",
  "1.5",
  "0.0001 GiB",
  "1e3",
  "",
  "NaN",
  " 1 GiB",
  "1 GiB\n",
  Infinity,
  0.5,
])("%j is no amount of memory", (value) => {
  expect(parseMemory(value)).toBeUndefined();
});

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["1.5s", 1500],
  ["1m30s", 90_000],
  ["1h 30m", 5_400_000],
  ["24h", 86_400_000],
])("%j is a duration of %d ms", (value, expected) => {
  expect(parseDuration(value)).toBe(expected);
});

test.each(["60", "0s", "0.1ms", "-1s", "1 s", "1d", "s", "", " ", "1s,", "1000000h", "1s\n"])(
  "%j is no duration",
  (value) => {
    expect(parseDuration(value)).toBeUndefined();
  },
);
