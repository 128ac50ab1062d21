import { SettingsError } from "../../src/errors.ts";
import { compilePattern } from "../../src/settings/patterns.ts";

describe("a pattern", () => {
  test.each([
    ["b", "abc", true],
    ["B", "abc", false],
    ["(?i)B", "abc", true],
    ["^b", "a\nb", false],
    ["(?m)^b$", "a\nb\nc", true],
    ["a$", "a\n", false],
    ["a.b", "a\nb", false],
    ["(?s)a.b", "a\nb", true],
    ["^$", "", true],
    ["^$", "\n", false],
    ["\\pL+é", "naïvé", true],
  ])("%j on %j matches as in Go: %j", async (source, text, expected) => {
    expect((await compilePattern(source)).test(text)).toBe(expected);
  });

  test.each(["(a", "a**", "(?=a)", "(a)\\1", "[z-a]", "(?<!a)b"])(
    "%j is refused as RE2 refuses it",
    async (source) => {
      await expect(compilePattern(source)).rejects.toThrow(SettingsError);
    },
  );

  test("that would make a backtracking engine hang takes linear time", async () => {
    const pattern = await compilePattern("^(a+)+$");
    expect(pattern.test(`${"a".repeat(5000)}b`)).toBe(false);
  });

  test("can be used again", async () => {
    const pattern = await compilePattern("a");
    expect([pattern.test("a"), pattern.test("b"), pattern.test("a")]).toEqual([true, false, true]);
  });
});
