import { readInfo, readVersion } from "../../src/build/buildah-stores.ts";
import { isContainerdStore, judgeSelectedBuilder } from "../../src/build/buildx.ts";
import { createdImages, unfinishedContainer } from "../../src/build/classic-builder.ts";
import { checkPlatform } from "../../src/build/docker.ts";
import { judgeEngine } from "../../src/build/docker-engine.ts";
import { BuildError } from "../../src/errors.ts";
import { lines } from "./contexts.ts";

const answer = (stdout: string, stderr = "") => ({ stdout, stderr, timedOut: false });

describe("what docker version answers", () => {
  const client = { Version: "28.2.2", ApiVersion: "1.50" };

  it("is an engine when there is a server", () => {
    const server = { Version: "20.10.24+dfsg1", Os: "linux", Components: [{ Name: "Engine" }] };
    expect(judgeEngine(answer(JSON.stringify({ Client: client, Server: server })))).toEqual({
      isUsable: true,
      clientVersion: "28.2.2",
      serverVersion: "20.10.24+dfsg1",
      isPodman: false,
    });
  });

  it("is no engine without a server, however well the program is installed", () => {
    const error =
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
    const text = JSON.stringify({ Client: client, Server: null });
    expect(judgeEngine(answer(text, error))).toMatchObject({
      isUsable: false,
      reason:
        "no Docker engine answers (Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?)",
    });
  });

  it.each([
    ["nothing", answer(""), "no Docker engine answers"],
    ["no JSON", answer("<html>"), "no Docker engine answers"],
    ["too late", { ...answer(""), timedOut: true }, "no Docker engine answered in 5 s"],
    [
      "for Windows",
      answer(JSON.stringify({ Client: client, Server: { Version: "28", Os: "windows" } })),
      "the Docker engine makes images for windows",
    ],
  ])("is no engine when it is %s", (_, result, reason) => {
    expect(judgeEngine(result)).toMatchObject({ isUsable: false, reason });
  });

  it("can be Podman's", () => {
    const server = { Version: "5.4.0", Os: "linux", Components: [{ Name: "Podman Engine" }] };
    const text = JSON.stringify({ Client: client, Server: server });
    expect(judgeEngine(answer(text))).toMatchObject({ isUsable: true, isPodman: true });
  });
});

describe("what docker buildx inspect answers", () => {
  it("is a builder that runs", () => {
    const text = lines(
      "Name:          remote",
      "Driver:        remote",
      "Last Activity: 2026-01-01 00:00:00 +0000 UTC",
      "",
      "Nodes:",
      "Name:             remote0",
      "Endpoint:         unix:///run/buildkit.sock",
      "Status:           running",
    );
    expect(judgeSelectedBuilder(answer(text))).toEqual({
      isUsable: true,
      name: "remote",
      driver: "remote",
    });
  });

  it("is no builder when it is not started", () => {
    const text = lines(
      "Name:   ci",
      "Driver: docker-container",
      "",
      "Nodes:",
      "Name:     ci0",
      "Endpoint: unix:///var/run/docker.sock",
      "Status:   inactive",
    );
    expect(judgeSelectedBuilder(answer(text))).toMatchObject({
      isUsable: false,
      reason: "its builder ci does not answer (its status is inactive)",
      cure: expect.stringContaining("--bootstrap"),
    });
  });

  it("is no builder without an engine", () => {
    const error = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock.";
    const text = lines("Name:   default", "Driver: ", `Error:  ${error}`);
    expect(judgeSelectedBuilder(answer(text))).toMatchObject({
      isUsable: false,
      reason:
        "its builder default does not answer (Cannot connect to the Docker daemon at unix:///var/run/docker.sock)",
    });
  });

  it.each([
    ['[["driver-type","io.containerd.snapshotter.v1"]]', true],
    ['[["Backing Filesystem","extfs"],["Supports d_type","true"]]', false],
    ["null", false],
    ["", false],
  ])("finds the containerd image store in %s: %p", (status, expected) => {
    expect(isContainerdStore(status)).toBe(expected);
  });
});

describe("what buildah answers", () => {
  it("names its version and store", () => {
    const version = "buildah version 1.28.2 (image-spec 1.1.0-rc2, runtime-spec 1.0.2-dev)\n";
    expect(readVersion(version)).toBe("buildah 1.28.2");
    const info = { host: {}, store: { GraphDriverName: "vfs", GraphRoot: "/home/me/storage" } };
    const stdout = JSON.stringify(info);
    expect(readInfo({ exitCode: 0, stdout })).toEqual({
      driver: "vfs",
      directory: "/home/me/storage",
    });
    expect(readInfo({ exitCode: 125, stdout })).toBeUndefined();
    expect(readInfo({ exitCode: 0, stdout: "{}" })).toBeUndefined();
  });
});

describe("what the classic builder prints", () => {
  it("names the images that this build made, newest first, and the container that still runs", () => {
    const output = [
      "Sending build context to Docker daemon  1.99MB",
      "Step 1/4 : FROM debian",
      " ---> aaaaaaaaaaaa",
      "Step 2/4 : COPY a /a",
      " ---> Using cache",
      " ---> bbbbbbbbbbbb",
      "Step 3/4 : RUN echo ' ---> 999999999999'",
      " ---> Running in 111111111111",
      "Removing intermediate container 111111111111",
      " ---> cccccccccccc",
      "Step 4/4 : VOLUME /golem/input",
      " ---> Running in 222222222222",
      " ---> dddddddddddd",
      "Successfully built dddddddddddd",
    ];
    expect(createdImages(output)).toEqual(["dddddddddddd", "cccccccccccc"]);
    expect(unfinishedContainer(output)).toBe("222222222222");
    expect(unfinishedContainer(output.slice(0, 9))).toBeUndefined();
  });
});

describe("checkPlatform", () => {
  it("accepts linux/amd64 alone", () => {
    expect(() => checkPlatform("linux/amd64\n")).not.toThrow();
    expect(() => checkPlatform("linux/arm64\n")).toThrow(BuildError);
    expect(() => checkPlatform("linux/arm64\n")).toThrow(
      "The image is for linux/arm64. Golem's providers run linux/amd64 only.",
    );
  });
});
