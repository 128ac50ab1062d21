import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type BuildRequest, planBuild } from "../../src/build/plan-build.ts";
import { BuildError } from "../../src/errors.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { lines } from "./contexts.ts";

/** Plans a build of a context with this Dockerfile. */
function plan(dockerfile: string, request: Partial<BuildRequest> = {}) {
  return withTemporaryDirectory(async (context) => {
    await writeFile(join(context, "Dockerfile"), dockerfile);
    return planBuild({ context, outputDirectory: context, ...request });
  });
}

async function failureOf(promise: Promise<unknown>): Promise<BuildError> {
  const failure = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(BuildError);
  return failure as BuildError;
}

describe("planBuild", () => {
  it("makes paths absolute and takes the context's Dockerfile", async () => {
    await withTemporaryDirectory(async (directory) => {
      await writeFile(join(directory, "Dockerfile"), "FROM scratch\n");
      const context = relative(process.cwd(), directory);
      expect(await planBuild({ context, outputDirectory: context, args: { A: "1" } })).toEqual({
        context: directory,
        dockerfile: join(directory, "Dockerfile"),
        args: { A: "1" },
        baseImages: [],
        outputDirectory: directory,
      });
    });
  });

  it.each([
    ["there is none", async () => {}, /^There is no Dockerfile at .*\/Dockerfile\.$/],
    ["it is empty", (path: string) => writeFile(path, " \n"), /Dockerfile is empty\.$/],
    ["it is a directory", (path: string) => mkdir(path), /Dockerfile is not a regular file\.$/],
  ])("says what is wrong with the Dockerfile when %s", async (_, make, message) => {
    await withTemporaryDirectory(async (context) => {
      await make(join(context, "Dockerfile"));
      const failure = await failureOf(planBuild({ context, outputDirectory: context }));
      expect(failure.message).toMatch(message);
      expect(failure.hint).toBeTruthy();
    });
  });

  it("names the flag and the setting for another Dockerfile", async () => {
    const failure = await failureOf(plan("FROM scratch", { dockerfile: "/nowhere/Dockerfile" }));
    expect(failure.hint).toContain("--file");
    expect(failure.hint).toContain("dockerfile:");
  });

  it.each([
    ["/nowhere/at/all", "There is no build context at /nowhere/at/all."],
    ["/etc/passwd", "The build context /etc/passwd is not a directory."],
    [
      "https://example.com/x.git",
      "The build context https://example.com/x.git is not a directory on this machine.",
    ],
    ["-", "The build context - is not a directory on this machine."],
  ])("refuses the context %s", async (context, message) => {
    expect((await failureOf(planBuild({ context, outputDirectory: "/tmp" }))).message).toBe(
      message,
    );
  });

  it.each(["A=B", "", "--network=host", "A B", "A\nB"])(
    "refuses the build argument name %j",
    async (name) => {
      const failure = await failureOf(plan("FROM scratch", { args: { [name]: "x" } }));
      expect(failure.message).toContain("Invalid build argument name");
    },
  );

  it.each(["PATH", "DOCKER_HOST", "LD_PRELOAD", "BUILDX_BUILDER", "STORAGE_DRIVER"])(
    "refuses the build argument %s, which would steer the builder",
    async (name) => {
      const failure = await failureOf(plan("FROM scratch", { args: { [name]: "s3cret" } }));
      expect(failure.message).toContain(`The build argument ${name} cannot be passed`);
      expect(JSON.stringify(failure)).not.toContain("s3cret");
    },
  );

  it("takes build arguments that only look alike", async () => {
    const args = { DOCKER_VERSION: "28", HTTP_PROXY: "http://proxy", MY_PATH: "/x" };
    expect((await plan("FROM scratch", { args })).args).toEqual(args);
  });

  it("refuses a target that is no stage's name", async () => {
    const failure = await failureOf(plan("FROM scratch", { target: "-x" }));
    expect(failure.message).toBe('Invalid target stage: "-x".');
  });

  it("names the line of a FROM that makes the image one for another platform", async () => {
    const failure = await failureOf(
      plan(lines("# base", "FROM --platform=linux/arm64 debian AS base", "FROM base", "RUN true")),
    );
    expect(failure.message).toMatch(
      /Dockerfile, line 2: the image would be for linux\/arm64\. Golem's providers run linux\/amd64 only\.$/,
    );
  });

  it.each([
    [
      "an argument's default",
      ["ARG P=linux/arm64", "FROM --platform=$P scratch"],
      {},
      "linux/arm64",
    ],
    [
      "a build argument",
      ["ARG P", "FROM --platform=$P scratch"],
      { args: { P: "windows/amd64" } },
      "windows/amd64",
    ],
    [
      "the target stage",
      ["FROM --platform=arm64 scratch AS a", "FROM scratch"],
      { target: "a" },
      "arm64",
    ],
  ])("finds a foreign platform by %s", async (_, dockerfile, request, platform) => {
    const failure = await failureOf(plan(lines(...dockerfile), request));
    expect(failure.message).toContain(`would be for ${platform}.`);
  });

  it.each([
    [
      "a stage that is only copied from",
      ["FROM --platform=linux/arm64 golang AS b", "FROM scratch", "COPY --from=b /x /x"],
    ],
    ["the builder's own platform", ["FROM --platform=$BUILDPLATFORM debian"]],
    ["the platform by its other names", ["FROM --platform=linux/x86_64 debian"]],
  ])("accepts %s", async (_, dockerfile) => {
    await expect(plan(lines(...dockerfile))).resolves.toBeDefined();
  });

  it("lists the images that stages start from, once each", async () => {
    const { baseImages } = await plan(
      lines(
        "ARG VERSION=12",
        "FROM debian:$VERSION AS base",
        "FROM golang AS build",
        "FROM debian:12 AS again",
        "FROM base",
        "FROM scratch",
        "FROM --platform=linux/arm64 alpine",
        "FROM $UNKNOWN",
        "FROM Build",
      ),
      { target: "build" },
    );
    expect(baseImages).toEqual(["debian:12", "golang"]);
  });
});
