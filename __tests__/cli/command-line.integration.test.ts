// Needs QEMU, a kernel, squashfs-tools, squashfs-tools-ng, Buildah, busybox-static and openssl.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { buildCli, bundleCli, type CliOptions, type CliResult } from "../support/cli.ts";
import { BUSYBOX_DOCKERFILE, makeContext } from "../support/context.ts";

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
/** Holds the context and everything that is made from it; also the temporary directory of every run. */
let directory: string;
let temporary: string;
/** A good image, made once. */
let image: string;

const SETTINGS = `name: sample
build:
  builder: buildah
tests:
  - name: volumes start empty
    run: ls -A /golem/input
    expect: {stdout: '^$'}
  - name: files go in and come out
    put: [{from: Dockerfile, to: /golem/input/Dockerfile}]
    run: [/bin/cp, /golem/input/Dockerfile, /golem/output/copy]
    expect:
      files: [{path: /golem/output/copy, contents: 'FROM scratch'}]
    get: [{from: /golem/output/copy, to: results/copy}]
publish:
  to: directory:public
  url: https://example.org/images
`;

beforeAll(async () => {
  golemImage = await buildCli();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "command line, ")));
  temporary = join(directory, "temporary");
  mkdirSync(temporary);
  makeContext(join(directory, "context"), {
    Dockerfile: BUSYBOX_DOCKERFILE,
    "golem-image.yml": SETTINGS,
  });
  image = join(directory, "image.gvmi");
  const built = await inDirectory("build", "context", "--builder", "buildah", "-o", "image.tar");
  expect(built).toMatchObject({ exitCode: 0 });
  const converted = await inDirectory("convert", "image.tar", "-o", "image.gvmi");
  expect(converted).toMatchObject({ exitCode: 0 });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A socket's path must be short, so the temporary directory of runs that boot is the system's. */
function inDirectory(...args: string[]): Promise<CliResult> {
  return golemImage(args, { cwd: directory });
}

function opensslHash(path: string): string {
  const output = execFileSync("openssl", ["dgst", "-sha3-224", "-r", path], { encoding: "utf8" });
  return output.slice(0, 56);
}

describe("the whole way", () => {
  test("run goes from a Dockerfile to a published image, and --json tells of each stage", async () => {
    const { exitCode, stdout, stderr } = await inDirectory("run", "context", "--json");
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      lint: { findings: [] },
      build: { builder: "buildah" },
      convert: { path: "sample.gvmi" },
      test: {
        ok: true,
        profiles: [{ profile: "documented", tests: [{ ok: true }, { ok: true }] }],
      },
      publish: { hash: result.convert.hash, size: result.convert.size },
    });
    expect(result.convert.hash).toBe(opensslHash(join(directory, "sample.gvmi")));
    const { hash } = result.publish;
    expect(result.publish.url).toBe(`https://example.org/images/${hash}.gvmi`);
    expect(result.publish.package).toBe(`hash:sha3:${hash}:${result.publish.url}`);
    expect(opensslHash(join(directory, "context/public", `${hash}.gvmi`))).toBe(hash);
    expect(readFileSync(join(directory, "context/results/copy"), "utf8")).toBe(BUSYBOX_DOCKERFILE);
  });

  test("a failing test ends run before publishing, with what was found so far", async () => {
    const settings = join(directory, "context/failing.yml");
    writeFileSync(
      settings,
      `${SETTINGS.split("tests:")[0]}tests: [{name: fails, run: exit 4}]\npublish: {to: "directory:elsewhere"}\n`,
    );
    const { exitCode, stdout, stderr } = await inDirectory(
      ...["run", "context", "--settings", settings, "--json"],
    );
    expect(exitCode).toBe(17);
    expect(JSON.parse(stdout)).toMatchObject({
      convert: { path: "sample.gvmi" },
      test: { ok: false, profiles: [{ tests: [{ name: "fails", ok: false, exitCode: 4 }] }] },
      error: { kind: "test", exitCode: 17 },
    });
    expect(stderr).toContain('"fails": exit code 4, expected 0');
    expect(existsSync(join(directory, "context/elsewhere"))).toBe(false);
  });
});

describe("each stage alone", () => {
  test("convert gives the same bytes every time", async () => {
    const args = ["convert", "image.tar", "-o", "again.gvmi", "--no-cache", "--json"];
    const again = await inDirectory(...args);
    expect(JSON.parse(again.stdout)).toEqual({
      path: "again.gvmi",
      hash: opensslHash(image),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      descriptor: expect.stringMatching(/^AAAAAzMzMzQ/),
      size: readFileSync(image).length,
      cache: "miss",
      reusedShare: 0,
    });
    expect(readFileSync(join(directory, "again.gvmi")).equals(readFileSync(image))).toBe(true);
  });

  test("convert takes an earlier conversion of the same image", async () => {
    const again = await inDirectory("convert", "image.tar", "-o", "again.gvmi", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ hash: opensslHash(image), cache: "hit" });
    expect(readFileSync(join(directory, "again.gvmi")).equals(readFileSync(image))).toBe(true);
  });

  test("lint prints findings with lines, and fails from the threshold on", async () => {
    const context = join(directory, "findings");
    makeContext(context, { Dockerfile: `${BUSYBOX_DOCKERFILE}ENV KEY=value\nCMD ["/bin/sh"]\n` });
    const found = await inDirectory("lint", "findings", "--json");
    expect(found.exitCode).toBe(0);
    const { findings } = JSON.parse(found.stdout);
    expect(findings.map(({ rule, line }: { rule: string; line: number }) => [rule, line])).toEqual([
      ["GVM003", 6],
      ["GVM002", 7],
    ]);
    expect(Object.keys(findings[0])).toEqual([
      ...["rule", "severity", "file", "line", "column", "message", "cure"],
    ]);
    expect((await inDirectory("lint", "findings", "--fail-on", "warning")).exitCode).toBe(10);
  });

  test("lint --image looks into the image, too", async () => {
    const { exitCode, stdout } = await inDirectory(
      ...["lint", "context", "--image", "oci-archive:image.tar", "--json"],
    );
    expect({ exitCode, ...JSON.parse(stdout) }).toEqual({
      ...{ exitCode: 0, version: 1, findings: [] },
    });
  });

  test("inspect shows what the file says of itself", async () => {
    const { stdout } = await inDirectory("inspect", "image.gvmi", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      hash: opensslHash(image),
      size: readFileSync(image).length,
      compression: "gzip",
      volumes: ["/golem/input", "/golem/output"],
      workingDirectory: "/golem/work",
    });
  });

  test("publish prints hash, url, package and size", async () => {
    const { exitCode, stdout } = await inDirectory(
      ...["publish", "image.gvmi", "--to", "directory:published", "--json"],
    );
    const hash = opensslHash(image);
    const url = expect.stringMatching(new RegExp(`^file://.*/published/${hash}\\.gvmi$`));
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0, hash, url });
  });

  test("test without settings boots, runs a shell and reports what is in use", async () => {
    const { exitCode, stdout } = await inDirectory(
      "test",
      "image.gvmi",
      "--profile",
      "v0.5",
      "--json",
    );
    expect(exitCode).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      ok: true,
      profiles: [{ profile: "v0.5", tests: [{ ok: true, exitCode: 0 }], failure: null }],
    });
    const [{ readyMs, measurements }] = result.profiles;
    expect(measurements.overlay.sizeBytes).toBeGreaterThan(0);
    expect(measurements.volumes.map(({ path }: { path: string }) => path).sort()).toEqual([
      "/golem/input",
      "/golem/output",
    ]);
    expect(readyMs).toBeGreaterThan(0);
  });
});

test("an image without a shell passes when it boots", async () => {
  makeContext(join(directory, "bare"), {
    Dockerfile: "FROM scratch\nCOPY busybox /program\nVOLUME /golem/output\n",
  });
  const made = [
    await inDirectory("build", "bare", "--builder", "buildah", "-o", "bare.tar"),
    await inDirectory("convert", "bare.tar", "-o", "bare.gvmi"),
  ];
  expect(made.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const { exitCode, stdout } = await inDirectory("test", "bare.gvmi", "--json");
  expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({
    exitCode: 0,
    ok: true,
    profiles: [{ tests: [] }],
  });
});

describe("exec", () => {
  test("keeps stdout and stderr apart, transfers files, and ends with the command's code", async () => {
    writeFileSync(join(directory, "input, with comma"), "x".repeat(300_000));
    const result = await inDirectory(
      ...["exec", "image.gvmi", "--put", "input, with comma:/golem/input/data"],
      ...["--get", "/golem/output/copy:got/copy", "--"],
      ...["/bin/sh", "-c", "cp /golem/input/data /golem/output/copy; pwd; echo oops >&2; exit 7"],
    );
    expect(result).toEqual({ exitCode: 7, stdout: "/golem/work\n", stderr: "oops\n" });
    expect(readFileSync(join(directory, "got/copy"), "utf8")).toBe("x".repeat(300_000));
  });

  test("a command that does not end is killed at its time limit", async () => {
    const result = await inDirectory(
      ...["exec", "image.gvmi", "--timeout", "1s", "--", "/bin/sleep", "1000"],
    );
    expect(result.exitCode).toBe(18);
    expect(result.stderr).toContain("did not end within 1 s and was killed");
  });
});

describe("bad input ends with one message, the next step, and an exit code of its kind", () => {
  const expectFailure = (result: CliResult, exitCode: number, ...texts: string[]) => {
    expect(result).toMatchObject({ exitCode });
    for (const text of texts) expect(result.stderr).toContain(text);
    expect(result.stderr.match(/^error: /gm)).toHaveLength(1);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(readdirSync(temporary)).toEqual([]);
  };
  const failing = (...args: string[]) =>
    golemImage(args, { cwd: directory, env: { TMPDIR: temporary } });
  /** A context of its own, below the common directory. */
  const context = (name: string, files: Record<string, string>) =>
    makeContext(join(directory, name), files);

  test("a missing Dockerfile", async () => {
    mkdirSync(join(directory, "empty"));
    expectFailure(await failing("run", "empty"), 11, "There is no Dockerfile", "next: ");
  });

  test("a failing build, whose last lines are shown", async () => {
    context("broken", {
      Dockerfile: `${BUSYBOX_DOCKERFILE}RUN echo the reason >&2 && exit 3\n`,
    });
    const result = await failing("build", "broken", "--builder", "buildah", "-o", "broken.tar");
    expectFailure(result, 11, "the reason");
    expect(existsSync(join(directory, "broken.tar"))).toBe(false);
  });

  test("something that is not an archive leaves the earlier output as it was", async () => {
    const before = readFileSync(image);
    const result = await failing("convert", "context/Dockerfile", "-o", "image.gvmi");
    expectFailure(result, 12, "Dockerfile");
    expect(readFileSync(image).equals(before)).toBe(true);
  });

  test("a digest that does not match", async () => {
    const layout = join(directory, "layout");
    mkdirSync(layout);
    execFileSync("tar", ["-xf", join(directory, "image.tar"), "-C", layout]);
    const blobs = join(layout, "blobs/sha256");
    const largest = readdirSync(blobs)
      .map((name) => ({ name, content: readFileSync(join(blobs, name)) }))
      .sort((a, b) => b.content.length - a.content.length)[0];
    if (!largest) throw new Error("the archive has no blobs");
    largest.content[5000] = (largest.content[5000] ?? 0) ^ 1;
    chmodSync(join(blobs, largest.name), 0o644);
    writeFileSync(join(blobs, largest.name), largest.content);
    const result = await failing("convert", "oci:layout", "-o", "damaged.gvmi");
    expectFailure(result, 12, largest.name.slice(0, 12));
    expect(existsSync(join(directory, "damaged.gvmi"))).toBe(false);
  });

  test("an unknown key in golem-image.yml is named with its line", async () => {
    context("typo", {
      Dockerfile: BUSYBOX_DOCKERFILE,
      "golem-image.yml": "vm:\n  memroy: 1 GiB\n",
    });
    expectFailure(await failing("run", "typo"), 3, "golem-image.yml", "2:3", "memroy", "memory");
  });

  test.each([
    ["a comma", "/golem/a,b"],
    ["a newline", "/golem/a\\nb"],
  ])("a volume path with %s", async (_, path) => {
    const name = `volume-${path.includes(",") ? "comma" : "newline"}`;
    context(name, { Dockerfile: `FROM scratch\nCOPY busybox /bin/busybox\nVOLUME ["${path}"]\n` });
    const built = await failing("build", name, "--builder", "buildah", "-o", `${name}.tar`);
    expect(built).toMatchObject({ exitCode: 0 });
    const result = await failing("convert", `${name}.tar`, "-o", `${name}.gvmi`);
    expectFailure(result, 12, path);
  });

  test("no QEMU", async () => {
    const tools = join(directory, "tools");
    mkdirSync(tools);
    const result = await golemImage(["exec", "image.gvmi", "--", "/bin/true"], {
      cwd: directory,
      env: { TMPDIR: temporary, PATH: tools },
    });
    expectFailure(result, 15, "qemu-system-x86_64", "apt-get install");
  });

  test("a kernel without 9p", async () => {
    const modules = join(directory, "modules");
    mkdirSync(modules);
    writeFileSync(join(modules, "modules.dep"), "");
    writeFileSync(join(modules, "modules.builtin"), "kernel/virtio_pci.ko\nkernel/squashfs.ko\n");
    writeFileSync(join(directory, "vmlinuz"), "");
    const settings = join(directory, "kernel.yml");
    writeFileSync(settings, "vm: {kernel: {image: vmlinuz, modules: modules}}\n");
    const result = await failing("test", "image.gvmi", "--settings", settings);
    expectFailure(result, 15, "9p (volumes)", "vm.kernel");
  });

  test("a guest that panics, with the cause and the console's last lines", async () => {
    context("panic", { Dockerfile: `${BUSYBOX_DOCKERFILE}COPY etc /etc\n` });
    mkdirSync(join(directory, "panic/etc"));
    symlinkSync("/run/systemd/resolve/stub-resolv.conf", join(directory, "panic/etc/resolv.conf"));
    const made = [
      await failing("build", "panic", "--builder", "buildah", "-o", "panic.tar"),
      await failing("convert", "panic.tar", "-o", "panic.gvmi"),
    ];
    expect(made.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const result = await failing("exec", "panic.gvmi", "--", "/bin/true");
    expectFailure(result, 16, "resolv.conf", "symbolic link", "Kernel panic");
  });

  test("a file that is not a .gvmi", async () => {
    expectFailure(await failing("test", "image.tar"), 14, "image.tar");
  });

  test("an error is one JSON object, too", async () => {
    const { stdout } = await failing("test", "missing.gvmi", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "gvmi", exitCode: 14 } });
  });

  test("an output or a temporary directory that the machine refuses", async () => {
    const output = await failing("build", "context", "-o", "context", "--builder", "buildah");
    expectFailure(output, 15, "is a directory", "next: ");
    const nowhere = { cwd: directory, env: { TMPDIR: join(directory, "missing") } };
    expectFailure(await golemImage(["run", "context"], nowhere), 15, "TMPDIR", "next: ");
  });

  test("a wrong command line", async () => {
    expect(await failing("test", "image.gvmi", "--memory", "lots")).toMatchObject({ exitCode: 2 });
    expect(await failing("frobnicate")).toMatchObject({ exitCode: 2 });
    const { stdout } = await failing("test", "image.gvmi", "--memory", "lots", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "usage", exitCode: 2 } });
    expectFailure(await failing("exec", "image.gvmi", "--", "sh"), 2, "absolute path");
  });
});

test("a reader of stderr that goes away does not end the work", async () => {
  const command =
    'set -o pipefail; "$0" "$1" convert image.tar -o read.gvmi --json 2>&1 >read.json | true';
  const words = ["-c", command, process.execPath, await bundleCli()];
  execFileSync("bash", words, { cwd: directory });
  const { hash } = JSON.parse(readFileSync(join(directory, "read.json"), "utf8"));
  expect(hash).toBe(opensslHash(image));
});

test.each([
  ["Ctrl-C", "SIGINT", 130],
  ["a request to end", "SIGTERM", 143],
] as const)(
  "%s while a VM runs ends everything at once and leaves nothing",
  async (_, signal, exitCode) => {
    let interrupted = false;
    const result = await golemImage(["test", "image.gvmi", "--settings", "interrupt.yml"], {
      cwd: writeSettings("interrupt.yml", "tests: [{name: waits, run: sleep 1000, timeout: 5m}]\n"),
      env: { TMPDIR: temporary },
      onStderr: (text, kill) => {
        if (interrupted || !text.includes("booted in")) return;
        interrupted = true;
        kill(signal);
      },
    });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(`Interrupted by ${signal}`);
    expect(readdirSync(temporary)).toEqual([]);
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(processes.split("\n").filter((line) => line.includes(temporary))).toEqual([]);
  },
);

test("killed while a VM runs, the program takes QEMU with it, and the next run removes its files", async () => {
  const abandoned = join(directory, "abandoned");
  mkdirSync(abandoned);
  const result = await golemImage(["test", "image.gvmi", "--settings", "killed.yml"], {
    cwd: writeSettings("killed.yml", "tests: [{name: waits, run: sleep 1000, timeout: 5m}]\n"),
    env: { TMPDIR: abandoned },
    onStderr: (text, kill) => {
      if (text.includes("booted in")) kill("SIGKILL");
    },
  });
  expect(result.stdout).toBe("");
  const qemus = () =>
    execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes(abandoned));
  const deadline = Date.now() + 5000;
  while (qemus().length > 0 && Date.now() < deadline) await setImmediate();
  expect(qemus()).toEqual([]);
  expect(readdirSync(abandoned)).not.toEqual([]);
  const next = await golemImage(["exec", "image.gvmi", "--", "/bin/sh", "-c", "exit 0"], {
    cwd: directory,
    env: { TMPDIR: abandoned },
  });
  expect(next.exitCode).toBe(0);
  expect(readdirSync(abandoned)).toEqual([]);
});

function writeSettings(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return directory;
}
