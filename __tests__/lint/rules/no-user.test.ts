import type { RunConfig } from "../../../src/oci/image-config.ts";
import { imageFindings, link, program, type TestFile } from "../image-findings.ts";
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

describe("the cure starts the program as that user", () => {
  const cure = (user: string) => findingsOf("GVM005", `FROM x\nUSER ${user}`)[0]?.cure;
  const setpriv = (uid: string, gid: string) =>
    `start it by ["/usr/bin/setpriv", "--reuid=${uid}", "--regid=${gid}", "--clear-groups", "/path/to/command"]`;

  test.each([
    ["app", 'start it by ["/bin/su", "-s", "/bin/sh", "app", "-c", "command"]'],
    ["101:102", setpriv("101", "102")],
    ["101", setpriv("101", "101")],
    ["app:web", setpriv("app", "web")],
  ])("USER %s", (user, expected) => {
    expect(cure(user)).toContain(expected);
  });

  const cureIn = (User: string, files: Record<string, TestFile>) =>
    imageFindings("GVM005", { config: { User }, files })[0]?.cure;

  test("by the path where the image has it", () => {
    expect(cureIn("app", { "usr/bin/su": program("") })).toContain('start it by ["/usr/bin/su"');
    expect(cureIn("1:2", { "bin/setpriv": program("") })).toContain('start it by ["/bin/setpriv"');
    const busybox = { "bin/busybox": program(""), "bin/su": link("busybox") };
    expect(cureIn("app", busybox)).toContain('start it by ["/bin/su"');
  });

  test("which has to be added when the image has none that can", () => {
    expect(cureIn("app", {})).toContain("add su of util-linux or busybox to the image, and start");
    expect(findingsOf("GVM005", "FROM scratch\nCOPY a /\nUSER 1:2")[0]?.cure).toContain(
      "add setpriv",
    );
    expect(findingsOf("GVM005", "FROM scratch\nRUN a\nUSER 1:2")[0]?.cure).not.toContain("add");
    const busybox = { "bin/busybox": program(""), "bin/setpriv": link("busybox") };
    expect(cureIn("1000", busybox)).toContain(
      'add setpriv of util-linux to the image, and start it by ["/usr/bin/setpriv"',
    );
  });
});
