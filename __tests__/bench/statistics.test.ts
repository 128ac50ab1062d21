import { median, medianRatio } from "../../bench/statistics.ts";

describe("median", () => {
  it("is the middle value, whatever the order", () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  it("is the mean of the two middle values of an even number", () => {
    expect(median([4, 1, 2, 100])).toBe(3);
  });

  it("does not exist for no values", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("medianRatio", () => {
  it("compares values of the same round, so that a slow round does not count", () => {
    // In the second round the machine was ten times slower for both.
    expect(medianRatio([1, 10, 1], [2, 20, 2])).toBe(0.5);
  });

  it("leaves out rounds that the reference does not have", () => {
    expect(medianRatio([1, 9], [2])).toBe(0.5);
  });
});
