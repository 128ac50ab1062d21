import { findingsOf, placesOf } from "../lint-text.ts";

test.each([
  ["VOLUME /golem /golem/input", ["2:15"]],
  ["VOLUME /golem/input /golem", ["2:8"]],
  ["VOLUME /a/b/c/d\nVOLUME /a /b", ["2:8"]],
  ["VOLUME /a /a/b /a/b/c", ["2:11", "2:16"]],
  ["VOLUME /a/ /a//b", ["2:12"]],
  ["VOLUME /a /a/", ["2:11"]],
  ["VOLUME /a\nVOLUME /a", []],
  ["VOLUME /golem/input /golem/output", []],
  ["VOLUME /a /ab /a-b", []],
  ["VOLUME data data/x", []],
])("%j is nested at %j", (lines, places) => {
  expect(placesOf("GVM009", `FROM scratch\n${lines}\n`)).toEqual(places);
});

test("a volume of the base image counts once it is known", () => {
  const config = { Volumes: { "/data": {}, "/data/sub": {} } };
  const text = "FROM redis\nVOLUME /data/sub\n";
  expect(placesOf("GVM009", text)).toEqual([]);
  const [finding] = findingsOf("GVM009", text, { config });
  expect(finding).toMatchObject({ line: 2, column: 8, severity: "error" });
  expect(finding?.message).toContain("VOLUME /data/sub lies inside VOLUME /data:");
});
