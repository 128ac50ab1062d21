import { withTemporaryDirectory } from "../system/temporary.ts";

const NAMES = ["GITHUB_WORKSPACE", "RUNNER_TEMP"] as const;

/** Where the other paths are that a cache's archive names from here, at the same depth on every runner. */
const PARENT = "/tmp";

/**
 * Runs `body` with a workspace and a temporary directory whose paths have no spaces: `@actions/cache` gives both to
 * tar without quotes. Where they have none nothing is changed.
 *
 * @see https://github.com/actions/toolkit/blob/main/packages/cache/src/internal/tar.ts
 */
export async function withPlainRunnerPaths<T>(
  body: () => Promise<T>,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<T> {
  const earlier = NAMES.map((name) => [name, environment[name]] as const);
  if (!earlier.some(([, path]) => /\s/.test(path ?? ""))) return body();
  return withTemporaryDirectory(async (directory) => {
    for (const name of NAMES) environment[name] = directory;
    try {
      return await body();
    } finally {
      for (const [name, path] of earlier) {
        if (path === undefined) delete environment[name];
        else environment[name] = path;
      }
    }
  }, PARENT);
}
