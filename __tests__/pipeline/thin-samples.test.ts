import type { UsageSample } from "../../src/pipeline/profile-result.ts";
import { MAX_SAMPLES, thinSamples } from "../../src/pipeline/thin-samples.ts";

const sample = (atMs: number, vm: number): UsageSample => ({
  atMs,
  memory: 1,
  overlay: null,
  tmp: null,
  volumes: {},
  vm,
});

test("as many as can be drawn stay", () => {
  const samples = Array.from({ length: MAX_SAMPLES }, (_none, index) => sample(index, 0));
  expect(thinSamples(samples)).toBe(samples);
});

test("of more, every other one of each VM stays", () => {
  const samples = Array.from({ length: MAX_SAMPLES + 4 }, (_none, index) =>
    sample(Math.floor(index / 2), index % 2),
  );
  const kept = thinSamples(samples);
  expect(kept).toHaveLength((MAX_SAMPLES + 4) / 2);
  expect(kept.slice(0, 4).map(({ atMs, vm }) => [atMs, vm])).toEqual([
    [0, 0],
    [0, 1],
    [2, 0],
    [2, 1],
  ]);
});
