import type { Settings } from "./settings.ts";

type Chosen = Pick<Settings, "tests" | "testSources" | "testFiles">;

/** The tests to run: those of files that were named, or else the settings' own. */
export function chosenTests(settings: Chosen, files: readonly string[] | undefined): Chosen {
  if (files) return { tests: [], testFiles: files };
  const { tests, testSources, testFiles } = settings;
  return { tests, ...(testSources && { testSources }), testFiles };
}
