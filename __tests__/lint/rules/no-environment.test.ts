import { findingsOf, placesOf } from "../lint-text.ts";

test("variables are named, one finding for each ENV", () => {
  const found = findingsOf(
    "GVM003",
    'FROM scratch\nENV PORT=80 \\\n  # why\n  NAME="a b"\nENV MODE fast lane\n',
  );
  expect(found).toEqual([
    expect.objectContaining({ line: 2, column: 1, severity: "warning" }),
    expect.objectContaining({ line: 5, column: 1 }),
  ]);
  expect(found[0]?.message).toContain("The variables PORT, NAME are not there");
  expect(found[0]?.cure).toContain(`["/bin/sh", "-c", "PORT=80 NAME='a b' command"]`);
  expect(found[1]?.message).toContain("The variable MODE is not there");
  expect(found[1]?.cure).toContain("MODE='fast lane' command");
});

test.each([
  ["FROM scratch\nARG A=1\nRUN A=1 x", []],
  ["FROM scratch AS a\nENV A=1\nFROM scratch", []],
  ["FROM scratch AS a\nENV A=1\nFROM a", ["2:1"]],
  ["FROM scratch\nRUN <<EOF\nENV A=1\nEOF", []],
])("%j has findings at %j", (text, places) => {
  expect(placesOf("GVM003", text)).toEqual(places);
});

test("variables of the base image are for information, without PATH and the Dockerfile's own", () => {
  const config = { Env: ["PATH=/usr/bin", "LANG=C.UTF-8", "A=1"] };
  const found = findingsOf("GVM003", "FROM python:3\nENV A=1\n", { config });
  expect(found.map(({ line, column, severity }) => [line, column, severity])).toEqual([
    [1, 6, "info"],
    [2, 1, "warning"],
  ]);
  expect(found[0]?.message).toContain("The variable LANG of the base image is not there");
  expect(findingsOf("GVM003", "FROM debian\n", { config: { Env: ["PATH=/bin"] } })).toEqual([]);
});

test("passwords and tokens are not repeated", () => {
  const text = "FROM x\nENV API_TOKEN=hunter2 DB=postgres://me:hunter2@10.0.0.1/x\nCMD run\n";
  const found = [...findingsOf("GVM003", text), ...findingsOf("GVM002", text)];
  expect(found).toHaveLength(2);
  expect(JSON.stringify(found)).not.toContain("hunter2");
});

test("of many and of long variables the first ones are shown", () => {
  const cure = (body: string) => findingsOf("GVM003", `FROM x\nENV ${body}\n`)[0]?.cure ?? "";
  const many = Array.from({ length: 99 }, (_, index) => `A${index}=1`).join(" ");
  expect(cure(many)).toMatch(/"A0=1 A1=1 .* \.\.\. command"\], or write them/);
  expect(cure(`A=${"x".repeat(5000)}`)).toContain('["/bin/sh", "-c", "... command"]');
});

test("a value that only the build knows is left open", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
  const [finding] = findingsOf("GVM003", "FROM debian\nENV A=${HOME#/}x\n");
  expect(finding?.cure).toContain("A=... command");
});

test.each([
  ["DEBIAN_FRONTEND=noninteractive PIP_NO_CACHE_DIR=1", "info"],
  ["NGINX_VERSION=1.27.0", "info"],
  ["DEBIAN_FRONTEND=noninteractive MODE=fast", "warning"],
  ["VERSION=2", "warning"],
])("%j, which only the build may need, is a finding of severity %s", (variables, severity) => {
  expect(findingsOf("GVM003", `FROM debian\nENV ${variables}\n`)[0]?.severity).toBe(severity);
});
