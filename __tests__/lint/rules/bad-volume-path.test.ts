import { findingsOf, placesOf } from "../lint-text.ts";

test.each([
  ["VOLUME /", "it would hide the whole image"],
  ["VOLUME //", "it would hide the whole image"],
  ["VOLUME data", "the path is not absolute"],
  ["VOLUME /a/../b", "a component '..'"],
  ["VOLUME /a,/b", "the path has a comma"],
  ['VOLUME ["/a\\nb"]', "the path has a line break"],
  ['VOLUME [""]', "the path is empty"],
  ["VOLUME /proc", "the VM mounts its own there"],
  ["VOLUME /sys/", "the VM mounts its own there"],
  ["VOLUME /dev", "the VM mounts its own there"],
  ["VOLUME /tmp", "the VM mounts its own there"],
  ["VOLUME /etc", "it would hide the files that the VM needs"],
  ["VOLUME /proc/x", "no directories can be made in /proc"],
  ["VOLUME ['/golem/input']", "it looks like the JSON form"],
  ["ARG D=tmp\nVOLUME /$D", "the VM mounts its own there"],
])("%j cannot work: %s", (lines, reason) => {
  const found = findingsOf("GVM010", `FROM scratch\n${lines}\n`);
  expect(found).toHaveLength(1);
  expect(found[0]?.severity).toBe("error");
  expect(found[0]?.message).toContain(reason);
});

test.each([
  "VOLUME /golem/input /golem/output",
  'VOLUME ["/golem/a b"]',
  "VOLUME /tmp/x /dev/shm/x /etc/app",
  "VOLUME /golem/",
  "VOLUME /a[1]",
  "VOLUME $UNKNOWN",
  "VOLUME /procs /data..",
])("%j can work", (line) => {
  expect(findingsOf("GVM010", `FROM debian\n${line}\n`)).toEqual([]);
});

test("each path has its own place", () => {
  expect(placesOf("GVM010", "FROM scratch\nVOLUME /ok x \\\n  /tmp\n")).toEqual(["2:12", "3:3"]);
  expect(placesOf("GVM010", 'FROM scratch\nVOLUME [ "/ok", "x" ]\n')).toEqual(["2:17"]);
});

test("a volume of the base image is checked once it is known", () => {
  const config = { Volumes: { "/tmp": {} } };
  expect(placesOf("GVM010", "FROM odd\n", { config })).toEqual(["1:6"]);
});
