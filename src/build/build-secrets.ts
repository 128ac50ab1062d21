import { chmod, copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError } from "../errors.ts";

/** Where a secret is: in a variable of the environment, or in a file, and not in both. */
export interface SecretSource {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/** A secret as builders take it: in a file that the build alone can read. */
export interface BuildSecret {
  readonly id: string;
  /** Absolute path without commas or quotes, since builders take it in a list with commas. */
  readonly file: string;
}

const FOLDER = "secrets";

/**
 * Puts each secret into a file of its own (mode 0600) below `directory`, which the caller removes, so that no
 * argument and no variable of the builder holds one.
 *
 * @param directory private to the build
 * @throws {BuildError} for a secret that is not where it should be
 */
export async function storeSecrets(
  secrets: Readonly<Record<string, SecretSource>>,
  directory: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly BuildSecret[]> {
  const entries = Object.entries(secrets);
  if (entries.length === 0) return [];
  const folder = join(directory, FOLDER);
  await mkdir(folder, { mode: 0o700 });
  const stored: BuildSecret[] = [];
  for (const [index, [id, source]] of entries.entries()) {
    if (!/^[\w.-]{1,100}$/.test(id)) {
      throw new BuildError(`Invalid id of a build secret: ${JSON.stringify(id)}.`, {
        hint: "An id has letters, digits, `_`, `.` and `-`, as RUN --mount=type=secret,id=ID has it.",
      });
    }
    const file = join(folder, String(index));
    await store(id, source, file, environment);
    stored.push({ id, file });
  }
  return stored;
}

/** Removes what `storeSecrets` made. */
export async function removeSecrets(directory: string): Promise<void> {
  await rm(join(directory, FOLDER), { recursive: true, force: true });
}

async function store(
  id: string,
  { env, file: from }: SecretSource,
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  if (env !== undefined || from === undefined) {
    const value = environment[env ?? ""];
    if (value === undefined) {
      throw new BuildError(`The build secret ${id} is not there: ${env} is not set.`, {
        hint: `Set the environment variable ${env}, or change build.secrets.`,
      });
    }
    await writeFile(file, value, { mode: 0o600, flag: "wx" });
    return;
  }
  try {
    await copyFile(from, file);
    await chmod(file, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BuildError(`The build secret ${id} cannot be read from ${from} (${code}).`, {
      hint: "Check the path in build.secrets.",
      cause: error,
    });
  }
}

/** What `docker buildx build`, `docker build` with BuildKit and `buildah bud` take alike. */
export function secretFlags(secrets: readonly BuildSecret[] = []): string[] {
  return secrets.map(({ id, file }) => `--secret=id=${id},src=${file}`);
}
