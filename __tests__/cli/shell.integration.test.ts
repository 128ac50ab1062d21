// Needs QEMU, a kernel, Buildah, busybox-static and python3. Boots four VMs.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "../../src/system/cache-directory.ts";
import { bundleCli, type CliResult, golemImageOf } from "../support/cli.ts";
import { BUSYBOX_DOCKERFILE, makeContext } from "../support/context.ts";
import { converse } from "../support/pseudo-terminal.ts";

let program: string;
let directory: string;
/** The temporary directory of every session. */
let temporary: string;

beforeAll(async () => {
  program = await bundleCli();
  directory = mkdtempSync(join(tmpdir(), "shell "));
  temporary = mkdtempSync(join(tmpdir(), "gs-"));
});

afterAll(() => {
  for (const path of [directory, temporary]) rmSync(path, { recursive: true, force: true });
});

function golemImage(args: string[], input?: string): Promise<CliResult> {
  return golemImageOf(program)(args, { cwd: directory, env: { TMPDIR: temporary }, input });
}

async function makeImage(name: string, dockerfile: string): Promise<void> {
  makeContext(join(directory, name), { Dockerfile: dockerfile });
  const made = [
    await golemImage(["build", name, "--builder", "buildah", "-o", `${name}.tar`]),
    await golemImage(["convert", `${name}.tar`, "-o", `${name}.gvmi`]),
  ];
  expect(made.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
}

function expectNothingLeft(): void {
  expect(readdirSync(temporary)).toEqual([]);
  const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  expect(processes.split("\n").filter((line) => line.includes(temporary))).toEqual([]);
}

describe("an image with a shell", () => {
  beforeAll(() => makeImage("image", BUSYBOX_DOCKERFILE));

  test("does what a pipe's lines say, as an sh would, with files in and out", async () => {
    writeFileSync(join(directory, "input file"), "x".repeat(300_000));
    const script = [
      "id -u; pwd",
      "cd /tmp && export NAME='a b' && UNEXPORTED=1",
      'echo "$PWD [$NAME] [$UNEXPORTED]"; echo to stderr >&2',
      "cd - >/dev/null",
      "pwd; exit 42",
      "echo $?",
      "!put 'input file' /golem/input/data",
      "tr x y </golem/input/data >/golem/output/out",
      "!get /golem/output/out got/",
      "!put missing /golem/input/",
      "echo $?",
      "!get /etc/passwd passwd",
      "seq 100000 | sha256sum",
      "printf 'last without a newline'; (exit 7)",
    ];
    const result = await golemImage(["shell", "image.gvmi"], script.join("\n"));
    expect(result.stdout.split("\n")).toEqual([
      "0",
      "/golem/work",
      "/tmp [a b] []",
      "/golem/work",
      "42",
      "2",
      `${execFileSync("sh", ["-c", "seq 100000 | sha256sum"], { encoding: "utf8" }).trim()}`,
      "last without a newline",
    ]);
    expect(result.exitCode).toBe(7);
    expect(readFileSync(join(directory, "got/out"), "utf8")).toBe("y".repeat(300_000));
    const [volumes, ...rest] = result.stderr.split(/(?<=volume-1)\n/);
    expect(volumes).toMatch(
      /^runtime .*\nvolume \/golem\/input +\/.*volume-0\nvolume \/golem\/output +\//,
    );
    expect(rest.join("").split("\n")).toEqual([
      "to stderr",
      "error: Cannot put missing into the VM: it does not exist.",
      expect.stringMatching(/^error: \/etc\/passwd is not a file below a VOLUME/),
      expect.stringMatching(/^next: Use a path below \/golem\/input, \/golem\/output/),
      "",
    ]);
    expectNothingLeft();
  });

  test("serves a person at a terminal: editing, history, Ctrl-C, Ctrl-D", async () => {
    const cache = join(directory, "cache");
    mkdirSync(cache);
    // A history of its own, but not a kernel: that would be downloaded again.
    symlinkSync(join(cacheDirectory(), "kernels"), join(cache, "kernels"));
    const env = { TMPDIR: temporary, GOLEM_IMAGE_CACHE: cache, NO_COLOR: "1" };
    const command = [process.execPath, program, "shell", join(directory, "image.gvmi")];
    // The cursor is put behind each prompt by its column.
    const prompt = (place: string) => `golem:${place}# \x1b[${`golem:${place}# `.length + 1}G`;
    const work = prompt("/golem/work");
    const { transcript, exitCode, times } = await converse(
      [...command, "--accelerator", "tcg"],
      [
        { until: work, type: "echo wrogn\x7f\x7fng\r" },
        { until: "\nwrong\r\n" },
        { until: work, type: "printf unfinished; false\r" },
        { until: "\nunfinished\r\n" },
        { until: "[1] golem:/golem/work# ", type: "echo be''gun; sleep 1000\r" },
        { until: "begun", type: "\x03" },
        { until: "[130] golem:/golem/work# ", type: "half a line\x03" },
        { until: "^C" },
        { until: "[130] golem:/golem/work# ", type: "cd /tmp\r" },
        { until: prompt("/tmp"), type: "echo a \\\r" },
        { until: "> ", type: "b\r" },
        { until: "\na b\r\n" },
        { until: prompt("/tmp"), type: "\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\r" },
        { until: "\nwrong\r\n" },
        { until: prompt("/tmp"), type: "(exit 3)\r" },
        { until: "[3] golem:/tmp# ", type: "\x04" },
      ],
      { env },
    );
    expect(exitCode).toBe(3);
    expect(transcript).toMatch(/volume \/golem\/input +\S+volume-0/);
    expect(transcript).not.toContain("half a line: not found");
    const [begun = 0, interrupted = Number.POSITIVE_INFINITY] = times.slice(5, 7);
    expect(interrupted - begun).toBeLessThan(5000);
    expect(readFileSync(join(cache, "shell-history"), "utf8").split("\n").slice(0, 3)).toEqual([
      "printf unfinished; false",
      "echo be''gun; sleep 1000",
      "cd /tmp",
    ]);
    expectNothingLeft();
  });
});

test("an image without a shell is used by the words of its lines, until one fails", async () => {
  const busybox = "FROM scratch\nCOPY busybox /busybox\nVOLUME /data\n";
  await makeImage("bare", busybox);
  const script = "/busybox echo 'a  b' $HOME\n/busybox false\n/busybox echo not reached\n";
  const result = await golemImage(["shell", "bare.gvmi", "--errexit"], script);
  expect(result).toMatchObject({ exitCode: 1, stdout: "a  b $HOME\n" });
  expect(result.stderr).toContain("No /bin/sh starts in this image");
  expectNothingLeft();
});

test("a hidden working directory is said, and a guest that panics ends the session", async () => {
  const dockerfile = BUSYBOX_DOCKERFILE.replace("WORKDIR /golem/work", "WORKDIR /golem/input/work");
  await makeImage("hidden", dockerfile);
  const script = "pwd\necho c >/proc/sysrq-trigger\necho not reached\n";
  const result = await golemImage(["shell", "hidden.gvmi", "--profile", "v0.5"], script);
  expect(result).toMatchObject({ exitCode: 16, stdout: "/\n" });
  expect(result.stderr).toContain("/golem/input/work is hidden by the VOLUME /golem/input");
  expect(result.stderr).toMatch(/error: .*panic/);
  expectNothingLeft();
});
