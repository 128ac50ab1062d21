// Needs a Docker engine that answers; says so and is skipped where none does. The parts about buildx need
// a builder that can export OCI archives, too.
import { execFile, spawnSync } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildImage } from "../../src/build/build-image.ts";
import { buildx } from "../../src/build/buildx.ts";
import { exportImage } from "../../src/build/export-image.ts";
import { parseImageSource } from "../../src/build/parse-image-source.ts";
import { BuildError, ImageSourceError, MissingToolError } from "../../src/errors.ts";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { lines, makeContext, SHELL } from "./contexts.ts";

const answers = (...args: string[]) => spawnSync("docker", args, { timeout: 5000 }).status === 0;
const hasEngine = answers("version", "--format", "{{json .Server.Version}}");
const hasBuildx = answers("buildx", "inspect");

const run = async (...args: string[]) =>
  (await promisify(execFile)("docker", args, { env: process.env })).stdout;

/** Makes an image of one file, without building. */
async function makeImage(directory: string, name: string, file: string): Promise<void> {
  await writeFile(join(directory, file), "precious");
  const archive = join(directory, "root.tar");
  await promisify(execFile)("tar", ["--create", "--directory", directory, "--file", archive, file]);
  await run("import", "--platform=linux/amd64", archive, name);
}

/** What a build could leave in the engine. */
async function traces() {
  return {
    images: (await run("image", "ls", "--all", "--quiet", "--no-trunc")).split("\n").sort(),
    names: await run("image", "ls", "--format={{.Repository}}:{{.Tag}}"),
    containers: await run("container", "ls", "--all", "--quiet"),
  };
}

async function paths(archive: string): Promise<string[]> {
  return withImage(archive, {}, async (image) => {
    const found: string[] = [];
    for await (const { path } of image.entries(await image.readTree())) found.push(path);
    return found;
  });
}

const DOCKERFILE = lines(
  "FROM scratch",
  "ARG GREETING",
  ...SHELL,
  'RUN echo "$GREETING" > "/$GREETING"',
  "VOLUME /golem/input",
);

const engine = hasEngine ? "" : " (skipped: no Docker engine answers here)";
(hasEngine ? describe : describe.skip)(`building with docker${engine}`, () => {
  it("makes a docker archive of the Dockerfile's image, and leaves nothing in the engine", async () => {
    const before = await traces();
    await withTemporaryDirectory(async (directory) => {
      const context = await makeContext(directory, DOCKERFILE, "a, b c");
      const args = { GREETING: "hello $(world)" };
      const built = await buildImage({
        context,
        builder: "docker",
        outputDirectory: directory,
        args,
      });
      expect(built).toMatchObject({ builder: "docker", format: "docker-archive" });
      expect(await paths(built.archive)).toContain("hello $(world)");
      expect((await readdir(directory)).sort()).toEqual(["a, b c", "image.tar"]);
    });
    expect(await traces()).toEqual(before);
  });

  it("shows the last lines of a build that fails, and leaves nothing", async () => {
    const before = await traces();
    await withTemporaryDirectory(async (directory) => {
      const failing = lines("FROM scratch", ...SHELL, "RUN echo the reason >&2; exit 7");
      const context = await makeContext(directory, failing);
      const failure = await buildImage({
        context,
        builder: "docker",
        outputDirectory: directory,
      }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BuildError);
      expect((failure as BuildError).message).toMatch(/^docker failed to build the image \(exit/);
      expect((failure as BuildError).details).toContain("the reason");
      expect(await readdir(directory)).toEqual(["context"]);
    });
    expect(await traces()).toEqual(before);
  });

  it("never removes an image because a build prints its id", async () => {
    const name = `golem-image-test-precious-${process.pid}`;
    await withTemporaryDirectory(async (directory) => {
      await makeImage(directory, name, "keep");
      try {
        const id = (await run("image", "inspect", "--format={{.Id}}", name)).trim().slice(7, 19);
        const hostile = lines("FROM scratch", ...SHELL, `RUN echo ' ---> ${id}'; exit 1`);
        const context = await makeContext(directory, hostile);
        const building = buildImage({ context, builder: "docker", outputDirectory: directory });
        await expect(building).rejects.toBeInstanceOf(BuildError);
        expect(await run("image", "ls", "--quiet", name)).toContain(id);
      } finally {
        await run("image", "rm", "--force", name);
      }
    });
  });

  it("leaves no container, image or file when it is aborted", async () => {
    const before = await traces();
    const reason = new Error("aborted by the test");
    const controller = new AbortController();
    await withTemporaryDirectory(async (directory) => {
      const slow = lines("FROM scratch", ...SHELL, "RUN echo started; sleep 86399");
      const context = await makeContext(directory, slow);
      const building = buildImage({
        context,
        builder: "docker",
        outputDirectory: directory,
        signal: controller.signal,
        onLine: (line) => {
          if (/^(?:#\d+ [\d.]+ )?started/.test(line)) controller.abort(reason);
        },
      });
      await expect(building).rejects.toBe(reason);
      expect(await readdir(directory)).toEqual(["context"]);
    });
    expect(await traces()).toEqual(before);
  });

  it("saves an image that exists, and keeps it", async () => {
    const name = `golem-image-test-save-${process.pid}`;
    await withTemporaryDirectory(async (directory) => {
      await makeImage(directory, name, "saved");
      try {
        const source = parseImageSource(`docker:${name}`);
        const { archive, format } = await exportImage(source, { outputDirectory: directory });
        expect(format).toBe("docker-archive");
        expect(await paths(archive)).toContain("saved");
        expect(await run("image", "ls", "--quiet", name)).not.toBe("");
      } finally {
        await run("image", "rm", "--force", name);
      }
    });
  });

  it("says how to get an image that is not there", async () => {
    const source = parseImageSource("docker:golem-image-test/no-such:1");
    const saving = exportImage(source, { outputDirectory: "/nowhere" });
    await expect(saving).rejects.toBeInstanceOf(ImageSourceError);
    await expect(saving).rejects.toThrow(
      "The Docker engine has no image golem-image-test/no-such:1.",
    );
  });
});

(hasEngine ? describe.skip : describe)("without a Docker engine", () => {
  it.each(["buildx", "docker"] as const)("says why %s cannot build", async (builder) => {
    if (builder === "buildx" && (await buildx.probe()).isUsable) return;
    await withTemporaryDirectory(async (directory) => {
      const context = await makeContext(directory, DOCKERFILE);
      const building = buildImage({ context, builder, outputDirectory: directory });
      await expect(building).rejects.toBeInstanceOf(MissingToolError);
      await expect(building).rejects.toThrow(`Cannot build with ${builder}: `);
    });
  });

  it("says why no image can be saved", async () => {
    const saving = exportImage(parseImageSource("docker:debian"), { outputDirectory: "/nowhere" });
    await expect(saving).rejects.toBeInstanceOf(MissingToolError);
    await expect(saving).rejects.toThrow("Cannot save docker:debian: ");
  });
});

const component = hasBuildx ? "" : " (skipped: docker has no buildx builder that answers here)";
(hasBuildx ? describe : describe.skip)(`building with buildx${component}`, () => {
  it("makes an OCI archive, or says that its builder cannot", async () => {
    const availability = await buildx.probe();
    await withTemporaryDirectory(async (directory) => {
      const context = await makeContext(directory, DOCKERFILE, "a, b c");
      const outputDirectory = join(directory, "o,u t");
      await promisify(execFile)("mkdir", [outputDirectory]);
      const args = { GREETING: "hello" };
      const building = buildImage({ context, builder: "buildx", outputDirectory, args });
      if (!availability.isUsable) {
        await expect(building).rejects.toThrow(`Cannot build with buildx: ${availability.reason}.`);
        return;
      }
      const built = await building;
      expect(built).toMatchObject({ builder: "buildx", format: "oci-archive" });
      expect(await paths(built.archive)).toContain("hello");
      expect(await readdir(outputDirectory)).toEqual(["image.tar"]);
    });
  });

  it("leaves no file when it is aborted", async () => {
    if (!(await buildx.probe()).isUsable) return;
    const reason = new Error("aborted by the test");
    const controller = new AbortController();
    await withTemporaryDirectory(async (directory) => {
      const slow = lines("FROM scratch", ...SHELL, "RUN echo started; sleep 86399");
      const context = await makeContext(directory, slow);
      const building = buildImage({
        context,
        builder: "buildx",
        outputDirectory: directory,
        signal: controller.signal,
        onLine: (line) => {
          if (/^#\d+ [\d.]+ started/.test(line)) controller.abort(reason);
        },
      });
      await expect(building).rejects.toBe(reason);
      expect(await readdir(directory)).toEqual(["context"]);
    });
  });
});
