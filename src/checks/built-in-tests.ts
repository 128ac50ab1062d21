import type { TestSettings } from "../settings/settings.ts";

/**
 * What is tested when the person has written no test: that commands start in the image's working
 * directory. That the VM boots and mounts its volumes is proven by getting so far.
 */
export const shellTest: TestSettings = {
  name: "/bin/sh starts in the working directory",
  run: ["/bin/sh", "-c", ":"],
  put: [],
  expect: { exitCode: 0, stdout: [], stderr: [], files: [] },
  get: [],
};
