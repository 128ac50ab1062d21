import { chmod, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { readDockerfile } from "../dockerfile/read-dockerfile.ts";
import { BuildError } from "../errors.ts";
import { fixText } from "../lint/apply-fixes.ts";
import { replaceFile } from "../system/replace-file.ts";
import { createLinter, type LintInput } from "./lint-image.ts";

/**
 * Applies the safe cures of what lint finds to the Dockerfile, which keeps its place, mode and form.
 *
 * @returns how many findings were cured; with none the file is not touched
 * @throws {BuildError} when the Dockerfile cannot be read, or would not be the same again
 * @throws {SettingsError} when the settings name a rule that does not exist
 */
export async function fixDockerfile(input: LintInput): Promise<number> {
  const { dockerfile } = input.settings;
  const text = await readDockerfile(dockerfile);
  const { text: fixed, count } = fixText(text, await createLinter(input));
  if (fixed === text) return 0;
  // Behind a symbolic link, which stays.
  const path = await realpath(dockerfile);
  if (!(await readFile(path)).equals(Buffer.from(text, "utf8"))) {
    throw new BuildError(`${dockerfile} is not UTF-8 text throughout, so it is not changed.`, {
      hint: "Save it as UTF-8, or apply the cures by hand.",
    });
  }
  const { mode } = await stat(path);
  await replaceFile(path, async (partialPath) => {
    await writeFile(partialPath, fixed);
    await chmod(partialPath, mode & 0o7777);
  });
  return count;
}
