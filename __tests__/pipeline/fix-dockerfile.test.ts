import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildError } from "../../src/errors.ts";
import { fixDockerfile } from "../../src/pipeline/fix-dockerfile.ts";
import { lintImage } from "../../src/pipeline/lint-image.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "fix-"));
  file = join(directory, "Dockerfile");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A comment that ignores what is not found can be taken away safely. */
const NEEDLESS = "# golem-lint ignore=GVM004 there are ports\r\n";
const BEFORE = `\uFEFFFROM scratch\r\n\r\n${NEEDLESS}VOLUME   /golem/work\r\n# é\r\n`;

const fix = async () => {
  const { settings } = await loadSettings(directory);
  return await fixDockerfile({ settings });
};

test("cures what lint then finds no more, keeps all else, and is done after once", async () => {
  writeFileSync(file, BEFORE, { mode: 0o640 });
  expect(await fix()).toBe(1);
  expect(readFileSync(file, "utf8")).toBe(BEFORE.replace(NEEDLESS, ""));
  expect(statSync(file).mode & 0o777).toBe(0o640);
  const { settings } = await loadSettings(directory);
  expect((await lintImage({ settings })).findings).toEqual([]);
  const { mtimeMs } = statSync(file);
  expect(await fix()).toBe(0);
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
  expect(readdirSync(directory)).toEqual(["Dockerfile"]);
});

test("changes the file behind a symbolic link, which stays one", async () => {
  const target = join(directory, "real");
  writeFileSync(target, BEFORE);
  symlinkSync("real", file);
  expect(await fix()).toBe(1);
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, "utf8")).toBe(BEFORE.replace(NEEDLESS, ""));
});

test("does not touch a file that would not be the same again", async () => {
  const bytes = Buffer.concat([Buffer.from(BEFORE), Buffer.from([0x23, 0xe9, 0x0a])]);
  writeFileSync(file, bytes);
  await expect(fix()).rejects.toThrow(BuildError);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});
