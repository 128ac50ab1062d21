import { entry, findingsOf, placesOf } from "../lint-text.ts";

describe("with the Dockerfile alone", () => {
  test.each([
    ["FROM scratch\nVOLUME /data\nCOPY a /data/a", ["3:8"]],
    ["FROM scratch\nCOPY a b /data/\nVOLUME /data", ["2:10"]],
    ["FROM scratch\nADD --chown=1:1 a /data\nVOLUME /data/", ["2:19"]],
    ['FROM scratch\nCOPY ["a", "/data/x y"]\nVOLUME ["/data"]', ["2:12"]],
    ["FROM scratch\nWORKDIR /data\nWORKDIR in\nCOPY . .\nVOLUME /data", ["4:8"]],
    ["FROM scratch\nCOPY . data\nVOLUME /data", ["2:8"]],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
    ["FROM debian\nARG D=/data\nVOLUME $D\nCOPY a ${D}/a", ["4:8"]],
    ["FROM scratch\nCOPY <<EOF /data/a\nx\nEOF\nVOLUME /data", ["2:12"]],
    ["FROM scratch\nCOPY a \\\n  b \\\n  /data/\nVOLUME /data", ["4:3"]],
    ["FROM scratch AS a\nCOPY a /data/\nFROM a\nVOLUME /data", ["2:8"]],
    ["FROM scratch\nCOPY a /database\nVOLUME /data", []],
    ["FROM scratch\nCOPY a /\nVOLUME /data", []],
    ["FROM scratch\nVOLUME /data/in\nCOPY a /data/out/", []],
    ["FROM debian\nVOLUME /data\nCOPY . data", []],
    ["FROM debian\nARG D\nVOLUME /data\nCOPY a $E/a", []],
    ["FROM scratch AS a\nCOPY a /data/\nFROM scratch\nVOLUME /data", []],
  ])("%j has findings at %j", (text, places) => {
    expect(placesOf("GVM007", text)).toEqual(places);
  });

  test("the volume and its line are named", () => {
    const [finding] = findingsOf("GVM007", "FROM scratch\nVOLUME /x /data\nCOPY a /data/a");
    expect(finding?.message).toMatch(/copied to \/data\/a is hidden by VOLUME \/data \(line 2\)/);
  });

  test("arguments of the build are taken into account", () => {
    const text = "FROM scratch\nARG D=/data\nVOLUME $D\nCOPY a /data/";
    expect(placesOf("GVM007", text)).toEqual(["4:8"]);
    expect(placesOf("GVM007", text, undefined, { buildArguments: { D: "/other" } })).toEqual([]);
  });
});

describe("with the image", () => {
  const config = { Volumes: { "/data": {}, "/golem/in": {} } };
  const text = "FROM debian\nVOLUME /golem/in\nVOLUME /data /golem/in\n";

  test("files are counted, and the largest is named, at the VOLUME", () => {
    const entries = [
      entry("data/"),
      entry("data/a", { size: 1000 }),
      entry("data/sub/"),
      entry("data/sub/b", { size: 5 * 1024 * 1024 }),
      entry("data/link", { type: "symlink", linkTarget: "a" }),
      entry("database", { size: 9 }),
      entry("golem/in/"),
    ];
    const found = findingsOf("GVM007", text, { config, entries });
    expect(found).toEqual([expect.objectContaining({ line: 3, column: 8 })]);
    expect(found[0]?.message).toContain(
      "VOLUME /data hides 3 files of the image (5.0 MiB; the largest is /data/sub/b, 5.0 MiB)",
    );
  });

  test("a volume of the base image is reported where that is named", () => {
    const found = findingsOf("GVM007", "FROM postgres\n", {
      config: { Volumes: { "/data": {} } },
      entries: [entry("data/a", { size: 1 })],
    });
    expect(found).toEqual([expect.objectContaining({ line: 1, column: 6 })]);
    expect(found[0]?.message).toContain("1 file of the image (/data/a, 1 byte)");
  });

  test("directories alone are reported as such", () => {
    const entries = [entry("data/"), entry("data/a/"), entry("data/b/")];
    const [finding] = findingsOf("GVM007", text, { config, entries });
    expect(finding?.message).toContain("VOLUME /data hides 2 directories of the image");
  });

  test("empty volumes are fine, whatever the Dockerfile seems to copy there", () => {
    const copying = `${text}COPY a* /data/\n`;
    expect(findingsOf("GVM007", copying, { config, entries: [entry("data/")] })).toEqual([]);
  });

  test("names that are not ASCII are compared as the image has them", () => {
    const [finding] = findingsOf("GVM007", "FROM scratch\nVOLUME /donn\u00e9es\n", {
      config: { Volumes: { "/donn\u00e9es": {} } },
      entries: [entry(`${Buffer.from("donn\u00e9es/\u00e9").toString("latin1")}`)],
    });
    expect(finding?.message).toContain("/donn\u00e9es/\u00e9");
  });

  test("files in nested volumes are counted once, where they are", () => {
    const nested = { Volumes: { "/golem": {}, "/golem/in/deep": {} } };
    const entries = [
      entry("golem/"),
      entry("golem/in/"),
      entry("golem/in/deep/"),
      entry("golem/in/deep/a", { size: 1 }),
      entry("golem/in/deep/b", { size: 2 }),
      entry("golem/c", { size: 3 }),
    ];
    const found = findingsOf("GVM007", "FROM debian\nVOLUME /golem\nVOLUME /golem/in/deep\n", {
      config: nested,
      entries,
    });
    expect(found.map(({ line, message }) => `${line} ${message.split(":")[0]}`)).toEqual([
      "2 VOLUME /golem hides 1 file of the image (/golem/c, 3 bytes)",
      "3 VOLUME /golem/in/deep hides 2 files of the image (3 bytes; the largest is /golem/in/deep/b, 2 bytes)",
    ]);
  });

  test("directories that lead to a nested volume are not hidden: its mount makes them", () => {
    const nested = { Volumes: { "/golem": {}, "/golem/in/deep": {} } };
    const entries = [entry("golem/"), entry("golem/in/"), entry("golem/in/deep/")];
    expect(findingsOf("GVM007", text, { config: nested, entries })).toEqual([]);
  });

  test("a volume is where its symbolic links lead", () => {
    const entries = [
      entry("var/"),
      entry("var/run", { type: "symlink", linkTarget: "/run" }),
      entry("run/"),
      entry("run/app/"),
      entry("run/app/state", { size: 1 }),
    ];
    const [finding] = findingsOf("GVM007", undefined, {
      config: { Volumes: { "/var/run/app": {} } },
      entries,
    });
    expect(finding?.message).toContain(
      "VOLUME /var/run/app hides 1 file of the image (/run/app/state",
    );
  });
});
