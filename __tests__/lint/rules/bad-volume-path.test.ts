import { fixText } from "../../../src/lint/apply-fixes.ts";
import { lint } from "../../../src/lint/lint.ts";
import { findingsOf, placesOf } from "../lint-text.ts";

test.each([
  ["VOLUME /", "it would hide the whole image"],
  ["VOLUME //", "it would hide the whole image"],
  ["VOLUME data", "the path is not absolute"],
  ["VOLUME /a/../b", "a component '..'"],
  ["VOLUME /a,/b", "the path has a comma"],
  ['VOLUME ["/a\\nb"]', "the path has a line break"],
  ['VOLUME [""]', "the path is empty"],
  ["VOLUME /proc", "processes and mounts"],
  ["VOLUME /sys/", "look for devices"],
  ["VOLUME /dev", "/dev/null"],
  ["VOLUME /etc", "it would hide the files that the VM needs"],
  ["VOLUME /proc/x", "no directories can be made in /proc"],
  ["VOLUME ['/golem/input']", "it looks like the JSON form"],
  ["ARG D=dev\nVOLUME /$D", "/dev/null"],
])("%j cannot work: %s", (lines, reason) => {
  const found = findingsOf("GVM010", `FROM scratch\n${lines}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]?.severity).toBe("error");
  expect(found[0]?.message).toContain(reason);
});

test.each([
  "VOLUME /golem/input /golem/output",
  "VOLUME /tmp/x /dev/shm/x /etc/app",
  "VOLUME /golem/",
  "VOLUME /a[1]",
  "VOLUME $UNKNOWN",
  "VOLUME /procs /data..",
])("%j can work", (line) => {
  expect(findingsOf("GVM010", `FROM debian\n${line}\n`)).toEqual([]);
});

test.each(["/tmp", "/tmp/", "//tmp"])("%s works for root alone", (path) => {
  expect(findingsOf("GVM010", `FROM scratch\nVOLUME ${path}\n`)).toEqual([
    expect.objectContaining({
      severity: "warning",
      message: expect.stringContaining("only root can write there"),
    }),
  ]);
});

test("a path with a blank is worth knowing", () => {
  expect(findingsOf("GVM010", 'FROM scratch\nVOLUME ["/golem/a b"]\n')).toEqual([
    expect.objectContaining({ line: 2, column: 9, severity: "info" }),
  ]);
});

test.each([
  ["VOLUME  /a,/b  # x", "VOLUME  /a /b  # x"],
  ["VOLUME /a, /b", "VOLUME /a /b"],
  ["VOLUME /ok \\\r\n  /a,/b,/c \\\r\n  /d", "VOLUME /ok \\\r\n  /a /b /c \\\r\n  /d"],
  ["volume ['/a', '/b']", 'volume ["/a", "/b"]'],
  ["VOLUME [/golem/in,/golem/out]", 'VOLUME ["/golem/in", "/golem/out"]'],
  ['VOLUME ["/a" "/b"]', 'VOLUME ["/a", "/b"]'],
  ['VOLUME ["/a", "/b",]', 'VOLUME ["/a", "/b"]'],
])("%j can be corrected safely", (line, expected) => {
  const lintText = (text: string) => lint({ dockerfile: { path: "D", text } });
  const fixed = fixText(`\uFEFFFROM scratch\r\n${line}\r\nUSER a\r\n`, lintText);
  expect(fixed).toEqual({ text: `\uFEFFFROM scratch\r\n${expected}\r\nUSER a\r\n`, count: 1 });
  expect(fixText(fixed.text, lintText).count).toBe(0);
});

test.each([
  "VOLUME /a,b",
  "VOLUME ['/a', b]",
  'VOLUME ["/a, "/b"]',
  'VOLUME ["/a,/b"]',
  "VOLUME /a\\\n,/b",
  "VOLUME $A,/b",
  "VOLUME data",
  "VOLUME /tmp",
])("%j is left to its author", (line) => {
  const found = findingsOf("GVM010", `FROM scratch\n${line}\n`);
  expect(found.length).toBeGreaterThan(0);
  for (const { fix } of found) expect(fix).toBeUndefined();
});

test("each path has its own place", () => {
  expect(placesOf("GVM010", "FROM scratch\nVOLUME /ok x \\\n  /tmp\n")).toEqual(["2:12", "3:3"]);
  expect(placesOf("GVM010", 'FROM scratch\nVOLUME [ "/ok", "x" ]\n')).toEqual(["2:17"]);
});

test("a volume of the base image is checked once it is known", () => {
  const config = { Volumes: { "/tmp": {} } };
  expect(placesOf("GVM010", "FROM odd\n", { config })).toEqual(["1:6"]);
});
