import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { structureSchema } from "../../../src/checks/structure/schema.ts";
import { listKeys } from "../../../src/settings/schema-keys.ts";

const page = readFileSync(join(__dirname, "../../../docs/structure-tests.md"), "utf8");
const tests = readFileSync(join(__dirname, "structure.integration.test.ts"), "utf8");
const lines = [...page.matchAll(/^\| `([^`]+)` \| .* \| ([^|]+) \|$/gm)].map(
  ([, key, shownBy]) => ({
    key,
    shownBy: shownBy?.trim() ?? "",
  }),
);

test("docs/structure-tests.md has a line for each key, and no others", () => {
  const keys = listKeys(structureSchema).map(({ key }) => key);
  expect(lines.map(({ key }) => key).sort()).toEqual(keys.sort());
});

test.each(lines.filter(({ shownBy }) => !["every test", "licences 2"].includes(shownBy)))(
  "$key is shown by a test that there is: $shownBy",
  ({ shownBy }) => {
    const [, file] = /^`(.*)`$/.exec(shownBy) ?? [];
    if (file !== undefined) expect(readdirSync(__dirname)).toContain(file);
    else expect(tests).toMatch(new RegExp(`\\bname: ${shownBy}[,\\n ]`));
  },
);
