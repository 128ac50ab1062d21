import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GvmiFormatError } from "../../src/errors.ts";
import { convertArchive } from "../../src/pipeline/convert.ts";
import { type BuiltImage, lintImage } from "../../src/pipeline/lint-image.ts";
import { withSourceImage } from "../../src/pipeline/source-image.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import type { Settings } from "../../src/settings/settings.ts";
import {
  file,
  directory as folder,
  gzipped,
  hardLink,
  ociArchive,
  plain,
  symlink,
} from "../support/archives.ts";
import { elf64 } from "../vm/image/programs.ts";

const X86_64 = 62;
let directory: string;
let archive: string;
let gvmi: string;
let settings: Settings;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "lint-image-"));
  archive = join(directory, "image.tar");
  gvmi = join(directory, "image.gvmi");
  const busybox = file("bin/busybox", elf64(X86_64, "/lib/ld-musl-x86_64.so.1"), { mode: 0o755 });
  const layers = [
    gzipped([folder("bin/"), busybox, file("app/config.yml", "url: http://10.0.0.1:80/\n")]),
    plain([
      hardLink("bin/sh", "bin/busybox"),
      folder("etc/"),
      symlink("etc/resolv.conf", "/run/resolv.conf"),
      file("app/config.yml", "url: http://api:80/\n"),
    ]),
  ];
  writeFileSync(archive, ociArchive(layers, { config: { Volumes: { "/golem/input": {} } } }));
  await convertArchive({ source: archive, output: gvmi });
  settings = (await loadSettings(directory)).settings;
});
afterAll(() => rmSync(directory, { recursive: true }));

const lint = (source: string, changes: Partial<Settings> = {}) =>
  withSourceImage(source, {}, async (image) => {
    const { findings } = await lintImage({ settings: { ...settings, ...changes }, image });
    return findings.map(({ rule, message }) => `${rule} ${message}`);
  });

const EXPECTED = [
  expect.stringMatching(/^GVM011 .*\/run\/resolv\.conf/),
  expect.stringMatching(/^GVM016 \/app\/config\.yml, line 1, names the machine api /),
  expect.stringMatching(/^GVM117 \/bin\/(busybox|sh) needs its dynamic linker/),
];

test("an image's files and what is in them are looked at, the topmost layer's", async () => {
  expect(await lint(archive)).toEqual(EXPECTED);
});

test("a .gvmi is looked at as its archive is", async () => {
  expect(await lint(gvmi)).toEqual(EXPECTED);
});

test("tests of the settings count as use of what they run", async () => {
  const tests = [
    { name: "a", run: ["/bin/sh"], put: [], get: [] },
    { name: "b", run: ["/tool"] },
  ];
  const found = await lint(gvmi, { tests: tests as unknown as Settings["tests"] });
  expect(found).toContainEqual(expect.stringMatching(/^GVM017 The image has no \/tool/));
  expect(found).toContainEqual(
    expect.stringMatching(/^GVM117 \/bin\/sh \(test\) needs its dynamic/),
  );
});

test("what no rule that runs wants is not read, and nothing is read twice", async () => {
  await withSourceImage(archive, {}, async (source) => {
    const read: string[] = [];
    const image: BuiltImage = {
      ...source,
      readHeads: async (wanted) => {
        for (const entry of source.entries ?? []) if (wanted(entry) > 0) read.push(entry.path);
        return new Map();
      },
    };
    const ignoring = (ignore: string[]) => ({ ...settings, lint: { ...settings.lint, ignore } });
    await lintImage({ settings: ignoring(["GVM016", "GVM023"]), image });
    await lintImage({ settings: ignoring(["GVM016", "GVM023"]), image });
    expect(read).toEqual(["bin/busybox"]);
  });
});

test("what starts like a .gvmi has to be one", async () => {
  const damaged = join(directory, "damaged.gvmi");
  writeFileSync(damaged, "hsqs and no more than that");
  await expect(lint(damaged)).rejects.toThrow(GvmiFormatError);
});
