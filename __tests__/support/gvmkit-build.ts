import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../../src/system/run-command.ts";

const VERSION = "0.3.19";
const CACHE = join(__dirname, "../../node_modules/.cache/golem-image-tests");
const INSTALLED = join(CACHE, `gvmkit-build-${VERSION}`);
const PROGRAM = join(INSTALLED, "bin", "gvmkit-build");

/**
 * Tests with the official client, which is taken from PyPI once; skipped, with the reason in their name, where
 * that cannot be reached. Synchronous, because Jest wants to know at once what tests there are.
 */
export function describeWithGvmkitBuild(name: string, body: () => void): void {
  const reason = install();
  if (reason === undefined) describe(`${name} ${VERSION}`, body);
  else describe.skip(`${name} ${VERSION} (not installed: ${reason})`, body);
}

/** @returns why it is not there */
function install(): string | undefined {
  if (existsSync(PROGRAM)) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(join(CACHE, "pip-"));
  const args = ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"];
  try {
    execFileSync("python3", [...args, "--target", partial, `gvmkit-build==${VERSION}`], {
      stdio: "pipe",
      timeout: 120_000,
    });
    if (!existsSync(PROGRAM)) renameSync(partial, INSTALLED);
    return undefined;
  } catch (error) {
    return `${(error as Error).message}`.trim().split("\n").at(-1);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Runs the official client against a registry. */
export async function gvmkitBuild(
  args: readonly string[],
  { url, user, token }: { url: string; user?: string; token?: string },
) {
  return await runCommand({
    program: PROGRAM,
    args: [...args, "--hide-progress"],
    environment: {
      REGISTRY_URL: url,
      ...(user !== undefined && { REGISTRY_USER: user }),
      ...(token !== undefined && { REGISTRY_TOKEN: token }),
    },
  });
}
