import { buildCommand, pullCommand, pushCommand } from "../../src/build/buildah.ts";
import { isolated } from "../../src/build/buildah-namespaces.ts";
import { storeFlags } from "../../src/build/buildah-stores.ts";
import type { BuildPlan } from "../../src/build/builder.ts";
import { buildxCommand } from "../../src/build/buildx.ts";
import {
  dockerBuildCommand,
  dockerPlatformCommand,
  dockerRemoveCommand,
  dockerSaveCommand,
} from "../../src/build/docker.ts";

const plan: BuildPlan = {
  context: "/my project",
  dockerfile: "/my project/a,b.Dockerfile",
  args: { GREETING: "hi there", TOKEN: "s3cret" },
  target: "final",
  baseImages: ["debian:12"],
  outputDirectory: "/tmp/o,u t",
};
const tag = "localhost/golem-image-build:0123";

describe("the builders' command lines", () => {
  it("lets buildx write an uncompressed OCI archive without attestations", () => {
    expect(buildxCommand(plan)).toEqual({
      program: "docker",
      args: [
        "buildx",
        "build",
        "--platform=linux/amd64",
        "--file=/my project/a,b.Dockerfile",
        "--output=type=oci,dest=image.tar,compression=uncompressed,force-compression=true",
        "--provenance=false",
        "--sbom=false",
        "--progress=plain",
        "--target=final",
        "--build-arg=GREETING",
        "--build-arg=TOKEN",
        "/my project",
      ],
      environment: { GREETING: "hi there", TOKEN: "s3cret" },
      directory: "/tmp/o,u t",
    });
  });

  it.each([
    ["component", ["--load"]],
    ["built-in", []],
  ] as const)("lets docker build with BuildKit as %s", (buildKit, flags) => {
    expect(dockerBuildCommand(plan, tag, buildKit)).toEqual({
      program: "docker",
      args: [
        "build",
        "--platform=linux/amd64",
        "--file=/my project/a,b.Dockerfile",
        "--tag=localhost/golem-image-build:0123",
        ...flags,
        "--target=final",
        "--build-arg=GREETING",
        "--build-arg=TOKEN",
        "/my project",
      ],
      environment: {
        GREETING: "hi there",
        TOKEN: "s3cret",
        DOCKER_BUILDKIT: "1",
        BUILDKIT_PROGRESS: "plain",
        BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
      },
    });
  });

  it("asks for the time of SOURCE_DATE_EPOCH", () => {
    const timed = { ...plan, sourceDateEpoch: 86_400 };
    const { args, environment } = buildxCommand(timed);
    expect(args).toContainEqual(expect.stringMatching(/^--output=.*,rewrite-timestamp=true$/));
    expect(environment).toMatchObject({ SOURCE_DATE_EPOCH: "86400" });
    expect(buildCommand(timed, [], {}, { version: "buildah 1.28.2" }).args).toContain(
      "--timestamp=86400",
    );
  });

  it("lets docker's classic builder remove the container of a step that fails", () => {
    const { target: _, ...whole } = plan;
    expect(dockerBuildCommand({ ...whole, args: {} }, tag, "none")).toEqual({
      program: "docker",
      args: [
        "build",
        "--platform=linux/amd64",
        "--file=/my project/a,b.Dockerfile",
        "--tag=localhost/golem-image-build:0123",
        "--force-rm",
        "/my project",
      ],
      environment: { DOCKER_BUILDKIT: "0" },
    });
  });

  it("saves, inspects and removes docker's image by its temporary name", () => {
    expect(dockerSaveCommand(tag, plan.outputDirectory)).toEqual({
      program: "docker",
      args: ["save", "--output=image.tar", tag],
      directory: "/tmp/o,u t",
    });
    expect(dockerPlatformCommand(tag)).toEqual({
      program: "docker",
      args: ["image", "inspect", "--format={{.Os}}/{{.Architecture}}", tag],
    });
    expect(dockerRemoveCommand(tag)).toEqual({
      program: "docker",
      args: ["image", "rm", "--force", "--no-prune", tag],
    });
  });

  it("lets buildah build in a store of its own and write an OCI archive", () => {
    const store = storeFlags("/tmp/o/buildah", "overlay", "/home/me, too/storage");
    const environment = { TMPDIR: "/tmp/o/buildah/tmp" };
    expect(buildCommand(plan, store, environment, { version: "buildah 1.28.2" })).toEqual({
      program: "buildah",
      args: [
        "--root=/tmp/o/buildah/root",
        "--runroot=/tmp/o/buildah/run",
        "--storage-driver=overlay",
        '--storage-opt="overlay.imagestore=/home/me, too/storage"',
        "bud",
        "--isolation=chroot",
        "--platform=linux/amd64",
        "--layers=false",
        "--identity-label=false",
        '--file="/my project/a,b.Dockerfile"',
        "--tag=localhost/golem-image-build",
        "--target=final",
        "--build-arg=GREETING",
        "--build-arg=TOKEN",
        "/my project",
      ],
      environment: { GREETING: "hi there", TOKEN: "s3cret", TMPDIR: "/tmp/o/buildah/tmp" },
    });
    expect(pushCommand(plan, ["--root=/r"], environment)).toEqual({
      program: "buildah",
      args: [
        "--root=/r",
        "push",
        "--quiet",
        "--disable-compression",
        "localhost/golem-image-build",
        "oci-archive:image.tar",
      ],
      environment,
      directory: "/tmp/o,u t",
    });
    expect(
      pullCommand("debian:12", { environment: { STORAGE_DRIVER: "vfs" } }, environment),
    ).toEqual({
      program: "buildah",
      args: ["pull", "--quiet", "--policy=missing", "debian:12"],
      environment: { STORAGE_DRIVER: "vfs", TMPDIR: "/tmp/o/buildah/tmp" },
    });
  });

  it.each([
    ["buildah 1.23.1", false],
    ["buildah 1.25.0", false],
    ["buildah 1.26.0", true],
    ["buildah 2.0", true],
    ["buildah", false],
  ])("asks %s to leave its label out only when it can: %p", (version, isAsked) => {
    const { args } = buildCommand(plan, [], {}, { version });
    expect(args.includes("--identity-label=false")).toBe(isAsked);
  });

  it("ends everything that buildah starts with its first process, as root or not", () => {
    const command = { program: "buildah", args: ["info"], environment: { A: "1" } };
    const namespaces = [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "unshare",
      "--mount",
      "--propagation",
      "private",
      "--pid",
      "--fork",
      "--kill-child",
      "--mount-proc",
      "buildah",
      "info",
    ];
    expect(isolated("root", command)).toEqual({
      program: "setpriv",
      args: namespaces.slice(1),
      environment: { A: "1" },
    });
    expect(isolated("user", command)).toEqual({
      program: "buildah",
      args: ["unshare", ...namespaces],
      environment: { A: "1" },
    });
  });
});
