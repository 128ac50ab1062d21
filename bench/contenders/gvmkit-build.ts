import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import type { Contender } from "../contender.ts";
import { IMAGE_REFERENCE, type Inputs } from "../inputs/inputs.ts";
import { measure, run } from "../measure.ts";
import { type DockerEngine, withDockerEngine } from "./docker-engine.ts";
import { EngineUsage } from "./engine-usage.ts";
import { GVMKIT_BUILD_VERSION, installGvmkitBuild } from "./install-gvmkit-build.ts";

const TOOL_IMAGE = "golem-image-bench-squashfs:latest";

/**
 * Runs `body` with the official converter, as its users run it: the image is in the engine already.
 *
 * @throws {MissingToolError} when there is no Docker engine
 * @throws {ConversionError} when the converter cannot be installed
 */
export async function withGvmkitBuild(
  inputs: Inputs,
  place: { readonly directory: string; readonly output: string },
  body: (contender: Contender) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const program = await installGvmkitBuild(place.directory, signal);
  await withDockerEngine(join(place.directory, "docker"), async (engine) => {
    const environment = { DOCKER_HOST: engine.host, SQUASHFS_IMAGE_NAME: TOOL_IMAGE };
    const docker = (...args: string[]) => run({ program: "docker", args, environment }, signal);
    await importToolImage(docker);
    await docker("load", "--input", inputs.archive);
    await body(contender(program, environment, engine, place.output));
  });
}

function contender(
  program: string,
  environment: Readonly<Record<string, string>>,
  engine: DockerEngine,
  directory: string,
): Contender {
  const output = join(directory, "gvmkit-build.gvmi");
  const args = [IMAGE_REFERENCE, "--output", output];
  return {
    name: "gvmkit-build",
    description: `gvmkit-build ${GVMKIT_BUILD_VERSION}, default options`,
    output,
    prepare: () => rm(output, { force: true }),
    run: async (signal) => {
      const usage = await EngineUsage.start(engine);
      try {
        const measured = await measure({ program, args, environment, directory }, signal);
        const engineUsage = await usage.finish();
        // It succeeds also when mksquashfs has failed.
        await run({ program: "unsquashfs", args: ["-stat", output] }, signal);
        return {
          ...measured,
          cpuSeconds: measured.cpuSeconds + engineUsage.cpuSeconds,
          peakBytes: Math.max(measured.peakBytes, engineUsage.peakBytes),
        };
      } finally {
        usage.stop();
      }
    },
  };
}

/** An image with mksquashfs and its libraries: this machine's, so that all contenders use the same one. */
async function importToolImage(docker: (...args: string[]) => Promise<unknown>): Promise<void> {
  const program = (await run({ program: "which", args: ["mksquashfs"] })).stdout.trim();
  const { stdout } = await run({ program: "ldd", args: [program] });
  const libraries = [...(stdout.match(/\/[^\s)]+/g) ?? []), ...(await threadLibrary())];
  await withTemporaryDirectory(async (directory) => {
    const root = join(directory, "root");
    // The converter copies into these.
    for (const name of ["work/in", "work/out", "tmp"]) {
      await mkdir(join(root, name), { recursive: true });
    }
    for (const path of [program, ...libraries]) {
      await mkdir(join(root, dirname(path)), { recursive: true });
      await run({ program: "cp", args: ["--dereference", path, join(root, path)] });
    }
    const archive = join(directory, "tool.tar");
    await run({ program: "tar", args: ["--create", "--file", archive, "--directory", root, "."] });
    const search = `ENV PATH=${dirname(program)}`;
    await docker("import", "--change", search, archive, TOOL_IMAGE);
  });
}

/** What glibc loads when a thread ends, and ldd does not know of. */
async function threadLibrary(): Promise<string[]> {
  const { stdout } = await run({ program: "ldconfig", args: ["-p"] });
  return /\S*\/libgcc_s\.so\.1$/m.exec(stdout) ?? [];
}
