import { formatAnnotations } from "../../src/report/format-annotations.ts";
import { HOSTILE_TEXTS } from "../lint/findings.ts";
import { imageResult, profileResult } from "../support/profile-result.ts";
import { resultWithText, richResult } from "./rich-result.ts";

test("failures and flaky tests are annotations where they are written", () => {
  expect(formatAnnotations(richResult(), process.cwd()).trimEnd().split("\n")).toEqual([
    "::error file=golem-image.yml,line=4,title=ENV reaches commands (v0.5)::envVars: FOO is not set, expected bar; stdout does not match /bar/%0AA Golem VM does not get the image's ENV. Set it in the command. (GVM003)%0ARepeat it: golem-image test image.gvmi --profile v0.5 --only starts",
    "::warning file=golem-image.yml,line=4,title=talks to the database (v0.5)::It passed at attempt 2.%0Athe port 5432 was not listened on within 5 s%0ARepeat it: golem-image test image.gvmi --profile v0.5 --only starts",
    "::error title=the VM boots and lives (v0.3)::The VM ended: no /proc.%0Athe console%0AAdd it.%0ARepeat it: golem-image test image.gvmi --profile v0.5",
  ]);
});

test("a run without failures says nothing", () => {
  expect(formatAnnotations(imageResult(profileResult()), "/")).toBe("");
});

test.each(HOSTILE_TEXTS)("%j in every place makes no other command", (text) => {
  const lines = formatAnnotations(resultWithText(text), "/repo").split(/[\r\n]+/);
  expect(lines.pop()).toBe("");
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    // The properties end at the first "::", and each comma begins another.
    const [, properties = ""] = /^::(?:error|warning) (.*?)::/.exec(line) ?? [];
    const names = properties.split(",").map((property) => property.split("=")[0]);
    expect([["file", "line", "title"], ["title"]]).toContainEqual(names);
  }
});
