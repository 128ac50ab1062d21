import { parseBenchArguments } from "../../bench/arguments.ts";

describe("parseBenchArguments", () => {
  it("measures a small image three times and writes nothing when nothing is said", () => {
    expect(parseBenchArguments(["convert", "--directory", "/d"])).toEqual({
      benchmark: "convert",
      size: "small",
      runs: 3,
      only: [],
      write: false,
      directory: "/d",
    });
  });

  it("reads all options", () => {
    const args = ["convert", "--size", "tiny", "--runs", "7", "--write", "--directory", "/d"];
    expect(parseBenchArguments([...args, "--only", "balanced", "--only", "mk"])).toEqual({
      benchmark: "convert",
      size: "tiny",
      runs: 7,
      only: ["balanced", "mk"],
      write: true,
      directory: "/d",
    });
  });

  it("boots ten times", () => {
    expect(parseBenchArguments(["boot", "--accelerator", "tcg", "--directory", "/d"])).toEqual({
      benchmark: "boot",
      accelerator: "tcg",
      runs: 10,
      write: false,
      directory: "/d",
    });
  });

  it("publishes five times", () => {
    expect(parseBenchArguments(["publish", "--directory", "/d"])).toEqual({
      benchmark: "publish",
      runs: 5,
      write: false,
      directory: "/d",
    });
  });

  it("keeps inputs in the cache directory", () => {
    expect(parseBenchArguments(["convert"])?.directory).toMatch(/\/bench$/);
  });

  it.each([["--help"], ["-h"]])("gives help for %s", (option) => {
    expect(parseBenchArguments([option])).toBeUndefined();
  });

  it.each([
    [[], 'Invalid benchmark: "". Must be one of convert, boot, publish, lint, tests, actions.'],
    [
      ["speed"],
      'Invalid benchmark: "speed". Must be one of convert, boot, publish, lint, tests, actions.',
    ],
    [["publish", "--size", "tiny"], "Invalid option for publish: --size."],
    [["boot", "--size", "tiny"], "Invalid option for boot: --size."],
    [["boot", "--accelerator", "fast"], 'Invalid accelerator: "fast".'],
    [["convert", "--accelerator", "tcg"], "Invalid option for convert: --accelerator."],
    [["convert", "--size", "big"], 'Invalid size: "big". Must be one of tiny, small, large, huge.'],
    [["convert", "--runs", "0"], 'Invalid number of runs: "0".'],
    [["convert", "--runs", "many"], 'Invalid number of runs: "many".'],
    [["convert", "--fast"], "Unknown option '--fast'"],
  ])("refuses %j", (args, message) => {
    expect(() => parseBenchArguments(args)).toThrow(message);
  });
});
