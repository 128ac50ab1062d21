import type { RunConfig } from "../../../src/oci/image-config.ts";
import { findingsOf } from "../lint-text.ts";

const found = (text: string, config?: RunConfig) =>
  findingsOf("GVM005", text, config && { config }).map(
    ({ line, severity, message }) => `${line} ${severity} ${message.split(" has no effect")[0]}`,
  );

test.each([
  ["FROM debian\nUSER app", ["2 warning USER app"]],
  ["FROM debian\nUSER a\nRUN x\nUSER b", ["4 warning USER b"]],
  ["FROM debian\nUSER app\nRUN x\nUSER root", []],
  ["FROM debian\nUSER 0", []],
  ["FROM debian\nUSER 0:0", []],
  ["FROM debian\nUSER 1000:1000", ["2 warning USER 1000:1000"]],
  ["FROM debian AS a\nUSER app\nFROM a", ["2 warning USER app"]],
  ["FROM debian AS a\nUSER app\nFROM debian", []],
  ["FROM debian\nARG U=www-data\nUSER $U", ["3 warning USER www-data"]],
  ["FROM debian\nUSER $APP_UID", ["2 info USER $APP_UID"]],
])("%j has %j", (text, expected) => {
  expect(found(text)).toEqual(expected);
});

test("a base image's user is known by its configuration, and taken back by the Dockerfile", () => {
  expect(found("FROM x", { User: "nonroot" })).toEqual([
    "1 warning USER nonroot of the base image",
  ]);
  expect(found("FROM x\nUSER root", { User: "root" })).toEqual([]);
  expect(found("FROM x", { User: "" })).toEqual([]);
});

test("the cure starts the program as that user", () => {
  const cure = (user: string) => findingsOf("GVM005", `FROM x\nUSER ${user}`)[0]?.cure;
  expect(cure("app")).toContain('["/bin/su", "-s", "/bin/sh", "app", "-c", "command"]');
  expect(cure("101:102")).toContain("setpriv --reuid=101 --regid=102 --clear-groups command");
  expect(cure("101")).toContain("setpriv --reuid=101 --regid=101 --clear-groups command");
});
