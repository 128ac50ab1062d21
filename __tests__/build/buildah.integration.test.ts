// Needs buildah and busybox-static.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildImage } from "../../src/build/build-image.ts";
import { BuildError } from "../../src/errors.ts";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { lines, makeContext, SHELL } from "./contexts.ts";

/** With the environment as the test sees it, which jest keeps apart from the process's own. */
const run = (program: string, args: string[]) =>
  promisify(execFile)(program, args, { env: process.env });

/** The tests' own "user's store", so that nothing else on this machine matters. */
let storeDirectory = "";
const storageSettings = process.env.CONTAINERS_STORAGE_CONF;

beforeAll(async () => {
  storeDirectory = await mkdtemp(join(tmpdir(), "gi-store-"));
  const settings = join(storeDirectory, "storage.conf");
  const paths = `graphroot = "${storeDirectory}/root"\nrunroot = "${storeDirectory}/run"\n`;
  await writeFile(settings, `[storage]\ndriver = "vfs"\n${paths}`);
  process.env.CONTAINERS_STORAGE_CONF = settings;
});

afterAll(async () => {
  if (storageSettings === undefined) delete process.env.CONTAINERS_STORAGE_CONF;
  else process.env.CONTAINERS_STORAGE_CONF = storageSettings;
  await rm(storeDirectory, { recursive: true, force: true });
});

/** Everything that a build could leave in the user's store, or running. */
async function traces() {
  const list = async (...args: string[]) => (await run("buildah", args)).stdout;
  const mounts = await readFile("/proc/self/mounts", "utf8");
  return {
    images: await list("images", "--all", "--quiet"),
    containers: await list("containers", "--quiet"),
    mounts: mounts.split("\n").filter((mount) => mount.includes("/buildah/root")),
  };
}

async function processesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(text) && pid !== String(process.pid)) found.push(commandLine);
  }
  return found;
}

/** Builds in a directory of its own and gives what is left there. */
async function build(
  dockerfile: string,
  options: Partial<Parameters<typeof buildImage>[0]> = {},
  check: (archive: string, directory: string) => Promise<void> = async () => {},
) {
  return withTemporaryDirectory(async (directory) => {
    const context = await makeContext(directory, dockerfile);
    const outputDirectory = options.outputDirectory ?? directory;
    const built = await buildImage({ context, builder: "buildah", outputDirectory, ...options });
    await check(built.archive, directory);
    return built;
  });
}

describe("building with buildah", () => {
  it("makes an OCI archive of the Dockerfile's image, and leaves nothing else", async () => {
    const before = await traces();
    const dockerfile = lines(
      "FROM scratch",
      "ARG GREETING",
      ...SHELL,
      'RUN echo "$GREETING" > /greeting && chown 12:34 /greeting && chmod 4751 /greeting',
      "VOLUME /golem/input",
      "WORKDIR /golem/work",
    );
    const args = { GREETING: "hello, $(world)\n second line" };
    const built = await build(dockerfile, { args }, async (archive, directory) => {
      await withImage(archive, {}, async (image) => {
        expect(image.config.Volumes).toEqual({ "/golem/input": {} });
        expect(image.config.WorkingDir).toBe("/golem/work");
        expect(image.config.Labels ?? {}).toEqual({});
        const tree = await image.readTree();
        for await (const entry of image.entries(tree)) {
          if (entry.path !== "greeting") continue;
          expect([entry.mode, entry.uid, entry.gid]).toEqual([0o4751, 12, 34]);
          const chunks: Uint8Array[] = [];
          for await (const chunk of entry.content ?? []) chunks.push(chunk);
          expect(Buffer.concat(chunks).toString()).toBe(`${args.GREETING}\n`);
        }
      });
      expect((await readdir(directory)).sort()).toEqual(["context", "image.tar"]);
    });
    expect(built).toMatchObject({ builder: "buildah", format: "oci-archive" });
    expect(built.reason).toMatch(/^Builds with buildah \(buildah \d/);
    expect(await traces()).toEqual(before);
  });

  it("gives the same image each time, with SOURCE_DATE_EPOCH", async () => {
    const dockerfile = lines("FROM scratch", ...SHELL, "RUN echo made > /made");
    const digests: string[] = [];
    for (const sourceDateEpoch of [1_000_000_000, 1_000_000_000, undefined]) {
      await build(dockerfile, { sourceDateEpoch }, async (archive) => {
        await withImage(archive, {}, async ({ diffIds }) => {
          digests.push(diffIds.join(" "));
        });
      });
    }
    expect(digests[1]).toBe(digests[0]);
    // What makes the difference is that time, and not that builds are quick.
    expect(digests[2]).not.toBe(digests[0]);
  });

  it("builds the stage that is asked for", async () => {
    const dockerfile = lines(
      "FROM scratch AS first",
      "COPY busybox /first",
      "FROM scratch",
      "COPY busybox /last",
    );
    await build(dockerfile, { target: "first" }, async (archive) => {
      await withImage(archive, {}, async (image) => {
        const paths: string[] = [];
        for await (const { path } of image.entries(await image.readTree())) paths.push(path);
        expect(paths).toContain("first");
        expect(paths).not.toContain("last");
      });
    });
  });

  it("starts from an image in the user's store, and does not change that", async () => {
    const name = `localhost/golem-image-test-base-${process.pid}`;
    await withTemporaryDirectory(async (directory) => {
      const base = await makeContext(directory, lines("FROM scratch", ...SHELL), "base");
      await run("buildah", ["bud", "--isolation=chroot", "--tag", name, base]);
    });
    try {
      const before = await traces();
      await build(lines(`FROM ${name}`, "RUN echo on top > /top"), {}, async (archive) => {
        await withImage(archive, {}, async (image) => expect(image.diffIds).toHaveLength(2));
      });
      expect(await traces()).toEqual(before);
    } finally {
      await run("buildah", ["rmi", name]);
    }
  });

  it("copes with spaces, commas, colons and leading dashes in paths", async () => {
    await withTemporaryDirectory(async (parent) => {
      await withTemporaryDirectory(async (outputDirectory) => {
        const context = await makeContext(parent, lines("FROM scratch"), "-a, b:c");
        const dockerfile = join(context, "--file, x:y");
        await run("cp", ["--", join(context, "Dockerfile"), dockerfile]);
        const { archive } = await buildImage({
          context,
          dockerfile,
          builder: "buildah",
          outputDirectory,
        });
        await withImage(archive, {}, async (image) => expect(image.format).toBe("oci-archive"));
      }, parent);
    });
  });

  it("shows the last lines of a build that fails, and leaves nothing", async () => {
    const before = await traces();
    const dockerfile = lines(
      "FROM scratch",
      ...SHELL,
      "RUN for i in $(seq 100); do echo line $i; done; echo the reason >&2; exit 7",
    );
    await withTemporaryDirectory(async (outputDirectory) => {
      const failure = await build(dockerfile, { outputDirectory }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BuildError);
      const { message, details = "" } = failure as BuildError;
      expect(message).toMatch(/^buildah failed to build the image \(exit code \d+\)\.$/);
      expect(details).toContain("the reason");
      expect(details).toContain("line 100");
      expect(details.split("\n").length).toBeLessThanOrEqual(20);
      expect(await readdir(outputDirectory)).toEqual([]);
    });
    expect(await traces()).toEqual(before);
  });

  it.each([
    ["while files are copied", ["FROM scratch", "COPY busybox big* /"], /^STEP 2/],
    [
      "while a command that ignores signals runs",
      [
        "FROM scratch",
        ...SHELL,
        "RUN trap '' TERM INT HUP; echo started; sleep 86397; sleep 86397",
      ],
      /^started/,
    ],
  ])(
    "leaves no container, image, process or file when it is aborted %s",
    async (_, dockerfile, at) => {
      const before = await traces();
      const reason = new Error("aborted by the test");
      const controller = new AbortController();
      await withTemporaryDirectory(async (directory) => {
        const context = await makeContext(directory, lines(...dockerfile));
        await run("truncate", ["--size=2G", join(context, "big")]);
        const outputDirectory = join(directory, "out");
        await run("mkdir", [outputDirectory]);
        const building = buildImage({
          context,
          builder: "buildah",
          outputDirectory,
          signal: controller.signal,
          onLine: (line) => {
            if (at.test(line)) controller.abort(reason);
          },
        });
        await expect(building).rejects.toBe(reason);
        expect(await readdir(outputDirectory)).toEqual([]);
        expect(await processesWith(directory)).toEqual([]);
        expect(await processesWith("86397")).toEqual([]);
      });
      expect(await traces()).toEqual(before);
    },
  );
});
