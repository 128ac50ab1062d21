import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_CODES, UNEXPECTED_EXIT_CODE } from "../../src/cli/exit-codes.ts";

test("each kind of failure has an exit code of its own, and the README lists every one", () => {
  const codes = [UNEXPECTED_EXIT_CODE, ...Object.values(EXIT_CODES)];
  expect(new Set(codes).size).toBe(codes.length);
  const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
  const section = readme.split("### Exit codes")[1]?.split("###")[0] ?? "";
  const listed = [...section.matchAll(/\| (\d+)(?=[,\s])/g)].map(([, code]) => Number(code));
  expect(listed.filter((code) => code !== 0).sort((a, b) => a - b)).toEqual(
    codes.sort((a, b) => a - b),
  );
});
