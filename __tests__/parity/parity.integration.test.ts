// Needs QEMU, a kernel with 9p, and busybox-static; boots one VM, and another one for what a Docker engine adds, which
// is skipped where none answers.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { readGvmi } from "../../src/gvmi/read.ts";
import { writeGvmi } from "../../src/gvmi/write.ts";
import { compareWithDocker, type ParityInput } from "../../src/pipeline/parity.ts";
import type { TestSettings, VmSettings } from "../../src/settings/settings.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { tarStream } from "../../src/squashfs/tar-stream.ts";
import { runCommand } from "../../src/system/run-command.ts";
import { hasDockerEngine } from "../support/docker-export.ts";
import { entry, fileEntry } from "../support/entries.ts";

const TOOLS = ["sh", "cat", "chmod", "chown", "dd", "flock", "id", "ln", "mkfifo", "rm"];
const IMAGE = `golem-image-parity-test-${process.pid}`;

const vm: VmSettings = {
  runtime: { name: "system" },
  memory: 256,
  cpus: 1,
  accelerator: "auto",
  timeouts: { boot: 250_000, command: 60_000, total: 280_000 },
};

let directory: string;
let path: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
  path = join(directory, "image.gvmi");
  const passwd = "root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n";
  const entries = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    ...TOOLS.map((name) => entry(`bin/${name}`, { type: "symlink", linkTarget: "busybox" })),
    entry("etc"),
    fileEntry("etc/passwd", passwd),
    entry("data"),
    fileEntry("data/model", "weights", { uid: 1000, gid: 1000 }),
    entry("work", { uid: 1000, gid: 1000 }),
  ];
  const config = {
    Env: ["PATH=/bin", "GREETING=Hello"],
    Volumes: { "/data": {} },
    WorkingDir: "/work",
    Cmd: ["/bin/sh"],
  };
  await writeGvmi(entries, config, path, { compression: "gzip" });
});

afterAll(() => rmSync(directory, { recursive: true }));

const shellTest = (name: string, run: string): TestSettings => ({
  name,
  run,
  put: [],
  expect: { exitCode: 0, stdout: [], stderr: [], files: [] },
  get: [],
});

const TESTS: TestSettings[] = [
  { ...shellTest("other users", ""), run: undefined, check: "non-root-can-read-root" },
  shellTest("the greeting", '[ "$GREETING" = Hello ]'),
  shellTest("the model", "cat /data/model"),
  shellTest("much is written", "dd if=/dev/zero of=/work/big bs=1M count=130 && rm /work/big"),
  shellTest("the user", '[ "$(id -u)" = 1000 ]'),
  shellTest("nothing special", ":"),
  shellTest("a mistake", "exit 3"),
];

async function compare(extra: Partial<ParityInput> = {}) {
  const progress = { detail: () => {}, note: () => {} };
  const result = await compareWithDocker({ path, vm, tests: TESTS, progress, ...extra });
  const named = new Map(result.tests.map((one) => [one.name, one]));
  const around = new Map(result.surroundings.map((one) => [one.id, one]));
  return { result, named, around };
}

test("without Docker, why tests fail in the VM is found by trying what would cure it", async () => {
  const { result, named, around } = await compare();
  expect(result).toMatchObject({ docker: null, failure: null, profile: "documented" });
  const causes = [...named].map(([name, { cause }]) => [name, cause?.id ?? null]);
  expect(causes).toEqual([
    ["other users", "permissions"],
    ["the greeting", "environment"],
    ["the model", "hidden-files"],
    ["much is written", "overlay"],
    // A .gvmi does not know of a USER, and nobody can tell here that Docker fails with the mistake, too.
    ["the user", null],
    ["nothing special", null],
    ["a mistake", null],
  ]);
  const expected = (text: string) => ({ text, how: "expected" });
  expect(around.get("environment")).toMatchObject({
    docker: expected("PATH GREETING"),
    golem: "none",
  });
  expect(around.get("contents:/data")).toMatchObject({
    docker: expected("model"),
    golem: "(empty)",
  });
  expect(around.get("other-users")).toMatchObject({ golem: "no", cause: { rule: "GVM013" } });
  expect(around.get("overlay")).toMatchObject({ golem: "128 MiB, in memory" });
  expect(around.get("volume:symbolic-links")).toMatchObject({ golem: "works", differs: false });
});

/** Brings the files of a .gvmi into the engine, with changes to its configuration. */
async function importImage(gvmi: string, name: string, changes: readonly string[]): Promise<void> {
  const { squashfsBytes } = await readGvmi(gvmi);
  const reader = await SquashfsReader.open(gvmi, squashfsBytes);
  const args = ["import", ...changes.flatMap((change) => ["--change", change]), "-", name];
  const input = tarStream(reader.entries());
  const { exitCode, stderr } = await runCommand({ program: "docker", args }, { input });
  await reader.close();
  if (exitCode !== 0) throw new Error(stderr);
}

const skipped = hasDockerEngine() ? "" : " (skipped: no Docker engine answers here)";

(hasDockerEngine() ? describe : describe.skip)(`beside a Docker engine${skipped}`, () => {
  beforeAll(async () => {
    const changes = ["ENV PATH=/bin GREETING=Hello", "VOLUME /data", "WORKDIR /work", "USER app"];
    await importImage(path, IMAGE, changes);
  });

  afterAll(() => promisify(execFile)("docker", ["image", "rm", "--force", IMAGE]));

  test("both sides are run, differences have causes, and nothing is left in the engine", async () => {
    const containers = () => promisify(execFile)("docker", ["ps", "--all", "--quiet"]);
    const before = (await containers()).stdout;
    const { result, named, around } = await compare({ dockerImage: `docker:${IMAGE}` });
    expect(result.docker).toMatchObject({ image: IMAGE });
    const verdicts = [...named].map(([name, { docker, golem, cause }]) => [
      name,
      docker.verdict,
      golem.verdict,
      cause?.id ?? null,
    ]);
    expect(verdicts).toEqual([
      ["other users", "passed", "failed", "permissions"],
      ["the greeting", "passed", "failed", "environment"],
      ["the model", "passed", "failed", "hidden-files"],
      ["much is written", "passed", "failed", "overlay"],
      ["the user", "passed", "failed", "user"],
      ["nothing special", "passed", "passed", null],
      ["a mistake", "failed", "failed", null],
    ]);
    const asked = (text: string) => ({ text, how: "run" });
    expect(around.get("user")).toMatchObject({ docker: asked("uid 1000"), golem: "uid 0" });
    expect(around.get("contents:/data")).toMatchObject({ docker: asked("model") });
    expect(around.get("volume:symbolic-links")).toMatchObject({ docker: asked("works") });
    expect((await containers()).stdout).toBe(before);
  });

  test("an image without a shell is compared like any other", async () => {
    const bare = join(directory, "bare.gvmi");
    const name = `${IMAGE}-bare`;
    const program = readFileSync("/bin/busybox");
    const entries = [entry(""), fileEntry("busybox", program, { mode: 0o755 })];
    await writeGvmi(entries, { Env: ["GREETING=Hello"] }, bare, { compression: "gzip" });
    await importImage(bare, name, ["ENV GREETING=Hello"]);
    try {
      const tests = [
        { ...shellTest("starts", ""), run: ["/busybox", "true"] as const },
        {
          ...shellTest("has its ENV", ""),
          run: ["/busybox", "sh", "-c", '[ "$GREETING" = Hello ]'] as const,
        },
      ];
      const { named } = await compare({ path: bare, dockerImage: name, tests });
      expect(named.get("starts")).toMatchObject({
        docker: { verdict: "passed" },
        golem: { verdict: "passed" },
      });
      expect(named.get("has its ENV")).toMatchObject({
        docker: { verdict: "passed" },
        golem: { verdict: "failed" },
      });
    } finally {
      await promisify(execFile)("docker", ["image", "rm", "--force", name]);
    }
  });

  test("an image that the engine does not have is an error, not a difference", async () => {
    await expect(compare({ dockerImage: "golem-image-absent" })).rejects.toThrow(
      "The Docker engine has no image golem-image-absent.",
    );
  });
});
