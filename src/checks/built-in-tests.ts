import type { TestSettings } from "../settings/settings.ts";
import { followPath } from "../squashfs/follow-path.ts";
import { SquashfsReader } from "../squashfs/squashfs-reader.ts";

const SHELL = "/bin/sh";

const shellTest: TestSettings = {
  name: `${SHELL} starts in the working directory`,
  run: [SHELL, "-c", ":"],
  put: [],
  expect: { exitCode: 0, stdout: [], stderr: [], files: [] },
  get: [],
};

/**
 * What is tested when the person has written no test: that commands start in the image's working
 * directory, when the image has a shell to try that with. That the VM boots and mounts its volumes is
 * proven by getting so far.
 *
 * @param gvmi the image's path and the bytes of its squashfs
 */
export async function builtInTests(gvmi: {
  readonly path: string;
  readonly squashfsBytes: number;
  readonly compression: string;
}): Promise<TestSettings[]> {
  // Into the others we cannot look: the test itself then tells whether there is a shell.
  if (gvmi.compression !== "gzip") return [shellTest];
  const reader = await SquashfsReader.open(gvmi.path, gvmi.squashfsBytes);
  try {
    const shell = await followPath(reader, SHELL);
    return shell?.type === "file" || shell?.type === "hard-link" ? [shellTest] : [];
  } finally {
    await reader.close();
  }
}
