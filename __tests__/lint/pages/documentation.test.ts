import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ruleDocumentation } from "../../../src/lint/pages/documentation.ts";
import { RULES } from "../../../src/lint/rules/index.ts";

const ROOT = join(__dirname, "../../..");
const PAGES = join(ROOT, "docs/rules");

test("docs/rules is what the rules say: otherwise run node scripts/write-rule-pages.mjs", () => {
  const written = new Map(
    readdirSync(PAGES).map((name) => [name, readFileSync(join(PAGES, name), "utf8")]),
  );
  const expected = ruleDocumentation();
  expect([...written.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, text] of expected) expect(written.get(name)).toBe(text);
});

test("the table has a row for each rule, with a link to its page", () => {
  const table = ruleDocumentation().get("README.md") ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| [GVM"));
  expect(rows).toHaveLength(RULES.length);
  for (const row of rows) {
    const [, id = "", file = ""] = /^\| \[(\w+)\]\(([\w.]+)\)/.exec(row) ?? [];
    expect(ruleDocumentation().get(file)).toContain(`# ${id}: `);
    expect(row.replaceAll("\\|", "").match(/\|/g)).toHaveLength(7);
  }
});

test("each page has what is bad, why, what is good, and the providers affected, in closed blocks", () => {
  for (const { id, why, cure, page } of RULES) {
    const text = ruleDocumentation().get(`${id}.md`) ?? "";
    for (const part of [why, cure, page.affected, page.bad.trimEnd(), page.good.trimEnd()]) {
      expect(text).toContain(part);
    }
    expect(text.match(/^```/gm)).toHaveLength(4);
    expect(page.bad).not.toBe(page.good);
  }
});

test("the boots that rules name as their proof exist", () => {
  const directory = join(ROOT, "__tests__/lint/proofs");
  const tests = readdirSync(directory)
    .filter((name) => name.endsWith(".integration.test.ts"))
    .map((name) => readFileSync(join(directory, name), "utf8"))
    .join("\n");
  const proofs = RULES.flatMap(({ proof = [] }) => proof);
  expect(proofs.filter((name) => !tests.includes(JSON.stringify(name)))).toEqual([]);
});
