import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fixText } from "../../src/lint/apply-fixes.ts";
import { lint } from "../../src/lint/lint.ts";

// Dockerfiles in the shape of those that many images are built from. Beside each, NAME.findings has what is
// true of it on Golem, as `line:column severity rule`: a line is added there only when its message has been
// read and is right.
const directory = join(__dirname, "popular");
const names = readdirSync(directory)
  .filter((file) => file.endsWith(".Dockerfile"))
  .map((file) => file.replace(".Dockerfile", ""));

const read = (file: string) => readFileSync(join(directory, file), "utf8");
const lintText = (text: string) => lint({ dockerfile: { path: "Dockerfile", text } });

test.each(names)("%s has the findings that are true of it", (name) => {
  const found = lintText(read(`${name}.Dockerfile`)).map(
    ({ line, column, severity, rule }) => `${line}:${column} ${severity} ${rule}`,
  );
  expect(found).toEqual(read(`${name}.findings`).split("\n").filter(Boolean));
});

test.each(names)("--fix of %s cures what it changes, once", (name) => {
  const text = read(`${name}.Dockerfile`);
  const before = lintText(text);
  const fixed = fixText(text, lintText);
  const after = lintText(fixed.text);
  expect(fixed.count).toBe(before.filter(({ fix }) => fix).length);
  expect(after.filter(({ fix }) => fix)).toEqual([]);
  expect(after.length).toBeLessThanOrEqual(before.length);
  expect(fixText(fixed.text, lintText)).toEqual({ text: fixed.text, count: 0 });
});

test("there are at least forty of them, and each has its findings", () => {
  expect(names.length).toBeGreaterThanOrEqual(40);
  const expected = readdirSync(directory).filter((file) => file.endsWith(".findings"));
  expect(expected.map((file) => file.replace(".findings", ""))).toEqual(names);
});
