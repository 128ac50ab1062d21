import { entry, findingsOf, placesOf } from "../lint-text.ts";

test.each([
  ["FROM scratch\nVOLUME /golem\nWORKDIR /golem/work", ["3:9"]],
  ["FROM scratch\nWORKDIR /golem\nWORKDIR work\nVOLUME /golem", ["3:9"]],
  ['FROM scratch\nWORKDIR "/golem/a b"\nVOLUME /golem', ["2:9"]],
  ["FROM scratch\nWORKDIR /tmp/work\nVOLUME /golem", ["2:9"]],
  ["FROM scratch\nWORKDIR /golem\nVOLUME /golem", []],
  ["FROM scratch\nWORKDIR /tmp\nVOLUME /golem", []],
  ["FROM scratch\nWORKDIR /tmp/work\nVOLUME /tmp", ["2:9"]],
  ["FROM scratch\nWORKDIR /tmp/work/x\nVOLUME /tmp/work", ["2:9"]],
  ["FROM scratch\nWORKDIR /tmp/work\nVOLUME /tmp/work", []],
  ["FROM scratch\nWORKDIR /tmp/work/\nVOLUME /tmp/work/input", []],
  ["FROM scratch\nVOLUME /golem/input /golem/output\nWORKDIR /golem/work", []],
  ["FROM scratch\nWORKDIR /golem/x\nWORKDIR /ok\nVOLUME /golem", []],
  ["FROM debian\nVOLUME /golem\nWORKDIR golem/x", []],
  ["FROM debian\nVOLUME /golem\nWORKDIR $DIR/golem/x", []],
])("%j has findings at %j", (text, places) => {
  expect(placesOf("GVM008", text)).toEqual(places);
});

test("it is an error that says what happens", () => {
  const [finding] = findingsOf("GVM008", "FROM scratch\nVOLUME /golem\nWORKDIR /golem/work");
  expect(finding?.severity).toBe("error");
  expect(finding?.message).toContain("below VOLUME /golem, which is empty when the VM starts");
});

describe("with the image", () => {
  const check = (WorkingDir: string, entries = [entry("srv/"), entry("srv/app/")]) =>
    placesOf("GVM008", "FROM debian\n", {
      config: { WorkingDir, Volumes: { "/v": {}, "/dev/shm/v/in": {} } },
      entries,
    });

  test.each(["/srv/app", "/srv", "/", "", "/v", "/tmp", "/dev/shm/v"])(
    "WORKDIR %j is fine",
    (directory) => {
      expect(check(directory)).toEqual([]);
    },
  );

  test.each(["/srv/missing", "/v/below", "/dev/x"])("WORKDIR %j is reported", (directory) => {
    expect(check(directory)).toEqual(["1:6"]);
  });

  test("a file is no directory, and where a link leads is not judged", () => {
    expect(check("/srv/app", [entry("srv/"), entry("srv/app")])).toEqual(["1:6"]);
    expect(check("/run/x", [entry("run", { type: "symlink", linkTarget: "var/run" })])).toEqual([]);
  });
});
