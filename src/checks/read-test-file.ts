import { SettingsError } from "../errors.ts";
import { readSettingsFile } from "../settings/read-settings-file.ts";
import { SettingsFileError } from "../settings/settings-file-error.ts";
import { parseYaml, type YamlDocument } from "../settings/yaml-document.ts";

/** Tests are often written by programs: ten thousand of them take some megabytes. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file of tests, YAML or JSON (which is YAML, too).
 *
 * @throws {SettingsError} when it cannot be read
 * @throws {SettingsFileError} when it is no sound YAML
 */
export async function readTestFile(path: string): Promise<YamlDocument> {
  const text = await readSettingsFile(path, MAX_BYTES);
  if (text === undefined) {
    throw new SettingsError(`The test file ${path} does not exist.`, {
      hint: "Check --tests, testFiles: in golem-image.yml, or script: of a test.",
    });
  }
  const document = await parseYaml(text);
  if (!Array.isArray(document)) return document;
  throw new SettingsFileError(
    path,
    document.map((problem) => ({ ...problem, key: "" })),
    "docs/tests.md describes the files that hold tests.",
  );
}
