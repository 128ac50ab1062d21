import { imageFindings, messagesOf } from "../image-findings.ts";
import { findingsOf, placesOf } from "../lint-text.ts";

const SCRIPT = "#!/bin/sh\n";

describe("what the image starts or names", () => {
  test("is a warning where it is started", () => {
    const found = imageFindings("GVM012", {
      dockerfile: 'FROM debian:12\nCOPY start.sh /tmp/\nCMD ["/tmp/start.sh"]\n',
      config: { Cmd: ["/tmp/start.sh"] },
      files: { "tmp/start.sh": SCRIPT },
    });
    expect(found).toMatchObject([
      { severity: "info", line: 1 },
      { severity: "warning", line: 3 },
    ]);
    expect(found[1]?.message).toContain("CMD uses /tmp/start.sh, which is hidden");
  });

  test("is found in shell text, in variables and in tests", () => {
    const files = { "tmp/a": "", "tmp/b": "", "tmp/c": "" };
    const found = messagesOf("GVM012", {
      files,
      config: { Entrypoint: ["/bin/sh", "-c", "cat </tmp/a;"], Env: ["CONFIG=/tmp/b"] },
      commands: ["test -s '/tmp/c'"],
    });
    expect(found.filter((text) => text.startsWith("warning"))).toEqual([
      expect.stringContaining("ENTRYPOINT uses /tmp/a"),
      expect.stringContaining("ENV CONFIG uses /tmp/b"),
      expect.stringContaining("test uses /tmp/c"),
    ]);
  });

  test("is nothing when the image does not have it: then the program makes it", () => {
    const config = { Cmd: ["/bin/sh", "-c", "app --socket /tmp/app.sock >/dev/null"] };
    expect(messagesOf("GVM012", { config, files: { "etc/x": "" } })).toEqual([]);
  });

  test.each([
    ['COPY start.sh /tmp/start.sh\nCMD ["/tmp/start.sh"]', ["3:1"]],
    ["COPY list /tmp/list\nRUN install $(cat /tmp/list)", []],
    ["ENV TMPDIR=/tmp\nCMD app", []],
  ])("%j alone has findings at %j", (text, places) => {
    expect(placesOf("GVM012", `FROM debian:12\n${text}\n`)).toEqual(places);
  });
});

describe("what nobody is known to use", () => {
  test("is counted for each mount, and only worth knowing", () => {
    expect(
      messagesOf("GVM012", {
        files: { "tmp/a": "12345", "tmp/sub/b": "1", "sys/x": "1", "etc/y": "1" },
      }),
    ).toEqual([
      expect.stringContaining("info 1 file of the image in /sys (1 byte; the largest is /sys/x)"),
      expect.stringContaining("info 2 files of the image in /tmp (6 bytes; the largest is /tmp/a)"),
    ]);
  });

  test("nodes, links and empty directories are of every image", () => {
    const files = {
      "dev/null": { type: "character-device" },
      "dev/stdout": { type: "symlink", linkTarget: "/proc/self/fd/1" },
      "tmp/": "",
      "tmp/empty/": "",
      "proc/": "",
    } as const;
    const config = { Cmd: ["/bin/sh", "-c", "app >/dev/null 2>/dev/stdout"] };
    expect(messagesOf("GVM012", { files, config })).toEqual([]);
  });
});

test("a Dockerfile that copies to /tmp for the build alone is fine", () => {
  expect(
    findingsOf("GVM012", "FROM a:1\nCOPY r.txt /tmp/r.txt\nRUN pip install -r /tmp/r.txt\n"),
  ).toEqual([]);
});
