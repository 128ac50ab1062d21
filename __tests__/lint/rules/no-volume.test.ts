import { findingsOf, placesOf } from "../lint-text.ts";

test("an image without VOLUME is reported at the stage that is built", () => {
  const [finding] = findingsOf(
    "GVM001",
    "FROM golang AS build\nVOLUME /x\n\nFROM scratch\nRUN a\n",
  );
  expect(finding).toEqual({
    rule: "GVM001",
    severity: "warning",
    file: "Dockerfile",
    line: 4,
    column: 1,
    message: "The image declares no VOLUME: no files can be transferred to or from its VM.",
    cure: "Add one, such as VOLUME /golem/input /golem/output.",
  });
});

test("what a base image may declare is said while it is not known", () => {
  const text = "FROM postgres:16\n";
  expect(findingsOf("GVM001", text)[0]?.message).toContain(
    "unless the base image postgres:16 does",
  );
  expect(findingsOf("GVM001", text, { config: {} })[0]?.message).not.toContain("unless");
  expect(findingsOf("GVM001", text, { config: { Volumes: { "/data": {} } } })).toEqual([]);
});

test.each([
  "FROM scratch\nVOLUME /golem/input",
  'FROM scratch\nvolume ["/golem/input"]',
  "FROM debian\nARG P\nVOLUME $P",
  "FROM scratch AS base\nVOLUME /a\nFROM base\nRUN x",
  "FROM scratch AS Base\nVOLUME /a\nFROM bASE AS x\nFROM x",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
  "ARG B=base\nFROM scratch AS base\nVOLUME /a\nFROM ${B}",
])("%j has a volume", (text) => {
  expect(findingsOf("GVM001", text)).toEqual([]);
});

test.each([
  ["FROM scratch AS a\nVOLUME /x\nFROM scratch\nCOPY --from=a / /", "3:1"],
  ["FROM scratch\nRUN <<EOF\nVOLUME /a\nEOF", "1:1"],
  ["FROM scratch\n# VOLUME /a", "1:1"],
  ["FROM scratch\nRUN a \\\n  VOLUME /a", "1:1"],
  ["FROM scratch\nONBUILD VOLUME /a", "1:1"],
])("%j has none", (text, place) => {
  expect(placesOf("GVM001", text)).toEqual([place]);
});

test("the stage to build can be chosen, by name and number", () => {
  const text = "FROM scratch AS a\nFROM scratch AS b\nVOLUME /x\nFROM scratch AS c\n";
  expect(placesOf("GVM001", text, undefined, { target: "a" })).toEqual(["1:1"]);
  expect(placesOf("GVM001", text, undefined, { target: "B" })).toEqual([]);
  expect(placesOf("GVM001", text, undefined, { target: "1" })).toEqual([]);
});

test("an image alone is reported by its name", () => {
  expect(findingsOf("GVM001", undefined, { config: {} })[0]).toMatchObject({
    file: "image",
    line: 1,
    column: 1,
  });
});
