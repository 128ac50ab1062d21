import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { MissingToolError } from "../../errors.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { type Bundle, openBundle, sha256Of } from "./bundle.ts";
import { unpackBundle } from "./unpack-bundle.ts";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

/** Beside the runtime's files of a kept bundle. */
const Description = v.object({
  version: v.optional(v.string()),
  /** SHA-256 of the tarball. */
  tarball: digest,
  /** SHA-256 of each file, by name. */
  files: v.record(v.string(), digest),
});

const DESCRIPTION = "bundle.json";
const FILES = "runtime";

/**
 * Unpacks a tarball as a kept bundle.
 *
 * @param directory is made
 * @param version the tag as far as it is known without the tarball
 * @throws {MissingToolError} when it is no release, or not the one it should be
 */
export async function makeKeptBundle(
  tarball: { readonly path: string; readonly sha256: string },
  directory: string,
  version: string | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const target = join(directory, FILES);
  await makeDirectories(target);
  const found = await unpackBundle(tarball.path, target, signal);
  if (version !== undefined && found !== undefined && plain(version) !== plain(found)) {
    throw new MissingToolError(
      `The runtime bundle that was to be ${version} holds ${found} by the name of its directory.`,
      { hint: "Check the version, and where the bundle comes from." },
    );
  }
  const bundle = await openBundle(target, version ?? found);
  const files: Record<string, string> = {};
  for (const name of await readdir(target)) files[name] = await sha256Of(join(target, name));
  const description: v.InferOutput<typeof Description> = {
    ...(bundle.version !== undefined && { version: bundle.version }),
    tarball: tarball.sha256,
    files,
  };
  await writeFile(join(directory, DESCRIPTION), JSON.stringify(description));
}

const plain = (version: string) => version.replace(/^v/, "");

/**
 * Opens a kept bundle when every file of it is still what was kept.
 *
 * @param sha256 what the tarball must have had
 * @param isDemanded whether the person said so
 * @returns undefined for one that is damaged or not there
 */
export async function openKeptBundle(
  directory: string,
  sha256: string | undefined,
  isDemanded: boolean,
): Promise<Bundle | undefined> {
  try {
    const text = await readFile(join(directory, DESCRIPTION), "utf8");
    const { files, tarball, version } = v.parse(Description, JSON.parse(text));
    if (sha256 !== undefined && tarball !== sha256) return undefined;
    for (const [name, expected] of Object.entries(files)) {
      if ((await sha256Of(join(directory, FILES, name))) !== expected) return undefined;
    }
    return await openBundle(join(directory, FILES), version, isDemanded);
  } catch (error) {
    const isDamage =
      error instanceof SyntaxError ||
      error instanceof v.ValiError ||
      error instanceof MissingToolError ||
      ["ENOENT", "ENOTDIR", "EISDIR", "EACCES"].includes(
        (error as NodeJS.ErrnoException).code ?? "",
      );
    if (isDamage) return undefined;
    throw error;
  }
}
