import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../measure.ts";

export const GVMKIT_BUILD_VERSION = "0.3.19";

/**
 * Installs the official converter and client from PyPI into a virtual environment of its own, unless it is there.
 *
 * @returns the program's path
 * @throws {ConversionError} when it cannot be installed
 */
export async function installGvmkitBuild(directory: string, signal?: AbortSignal): Promise<string> {
  const environment = join(directory, `gvmkit-build-${GVMKIT_BUILD_VERSION}`);
  const program = join(environment, "bin", "gvmkit-build");
  if (await stat(program).catch(() => undefined)) return program;
  await mkdir(directory, { recursive: true });
  await run({ program: "python3", args: ["-m", "venv", environment] }, signal);
  const wheel = `gvmkit-build==${GVMKIT_BUILD_VERSION}`;
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", wheel];
  await run({ program: join(environment, "bin", "python"), args: install }, signal);
  return program;
}
