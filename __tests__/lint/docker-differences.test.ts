import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../src/lint/rules/index.ts";
import { settingsSchema } from "../../src/settings/schema.ts";
import { listKeys } from "../../src/settings/schema-keys.ts";

const page = readFileSync(join(__dirname, "../../docs/docker-differences.md"), "utf8");

test("the rules that docs/docker-differences.md names exist", () => {
  const named = new Set(page.match(/GVM\d{3}/g));
  const known: string[] = RULES.map((rule) => rule.id);
  expect([...named].filter((id) => !known.includes(id))).toEqual([]);
  expect(named.size).toBeGreaterThan(5);
});

test("the settings that docs/docker-differences.md names exist", () => {
  const named = new Set(page.match(/\b(vm|convert)\.[A-Za-z.]+\w/g));
  const known = listKeys(settingsSchema).map(({ key }) => key);
  expect([...named].filter((key) => !known.includes(key))).toEqual([]);
});
