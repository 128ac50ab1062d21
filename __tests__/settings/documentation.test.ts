import { readFileSync } from "node:fs";
import { join } from "node:path";
import { editorSchema } from "../../src/settings/editor-schema.ts";
import { parseSettings } from "../../src/settings/load-settings.ts";
import { settingsSchema } from "../../src/settings/schema.ts";
import { listKeys } from "../../src/settings/schema-keys.ts";

const docs = join(__dirname, "../../docs");
const page = readFileSync(join(docs, "settings.md"), "utf8");
/** Those of a step are those of a test again, and described there. */
const REPEATED = /^tests\[\]\.steps\[\]\.(expect|put|get)\./;
const keys = listKeys(settingsSchema).filter(({ key }) => !REPEATED.test(key));
const sections = ["build", "convert", "vm", "tests", "publish", "lint"];

test("every key has a description in the schema", () => {
  expect(keys.filter(({ description }) => !description)).toEqual([]);
});

test("docs/settings.md documents the keys that there are, and no others", () => {
  const documented = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key]) => key);
  const expected = keys.map(({ key }) => key).filter((key) => !sections.includes(key));
  expect(documented.sort()).toEqual(expected.sort());
  for (const section of sections) expect(page).toContain(`\n## \`${section}\`\n`);
});

test("the example of docs/settings.md is valid and has every key", async () => {
  const example = /## An example.*?```yaml\n(.*?)```/s.exec(page)?.[1] ?? "";
  const settings = await parseSettings(example, "golem-image.yml");
  expect(settings.tests).toHaveLength(5);
  for (const { key } of keys) {
    const name = key.split(".").at(-1)?.replace("[]", "");
    expect(example).toMatch(new RegExp(`\\b${name}:`));
  }
});

test("docs/schema/golem-image.schema.json is what the code checks; else run: node scripts/write-editor-schema.mjs", () => {
  const written = readFileSync(join(docs, "schema/golem-image.schema.json"), "utf8");
  expect(JSON.parse(written)).toEqual(editorSchema());
});
