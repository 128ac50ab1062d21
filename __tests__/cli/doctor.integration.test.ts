// Needs QEMU, a kernel and Buildah or Docker. Starts no VM that runs.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check } from "../../src/doctor/check.ts";
import { checkKvm } from "../../src/doctor/kvm.ts";
import { chooseAccelerator } from "../../src/vm/qemu/accelerator.ts";
import { buildCli, bundle, type CliOptions, type CliResult } from "../support/cli.ts";

/** What the program promises, with Node's start. */
const DEADLINE_MS = 10_000;

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let directory: string;

beforeAll(async () => {
  golemImage = await buildCli();
  directory = mkdtempSync(join(tmpdir(), "doctor-"));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function examine(env: NodeJS.ProcessEnv = {}) {
  const started = performance.now();
  const result = await golemImage(["doctor", "--json"], { cwd: directory, env });
  const milliseconds = performance.now() - started;
  const { ok, checks } = JSON.parse(result.stdout) as { ok: boolean; checks: Check[] };
  return {
    ...result,
    milliseconds,
    ok,
    byName: new Map(checks.map((check) => [check.name, check])),
  };
}

test("a machine that can do all says so in time, whatever its KVM is", async () => {
  const { exitCode, ok, byName, milliseconds } = await examine();
  expect([...byName.values()].filter(({ status }) => status === "problem")).toEqual([]);
  expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
  expect(milliseconds).toBeLessThan(DEADLINE_MS);
  expect(byName.get("kernel")?.detail).toContain("9p");
  expect(byName.get("KVM")?.detail).toMatch(
    existsSync("/dev/kvm") ? /a guest|may not open|cannot use/ : /there is no/,
  );
});

test("on an empty machine everything that is missing is named with its cure", async () => {
  const tools = join(directory, "no tools");
  mkdirSync(tools);
  const cache = join(directory, "cache");
  const env = { PATH: tools, TMPDIR: join(directory, "none"), GOLEM_IMAGE_CACHE: cache };
  const { exitCode, ok, byName, stderr } = await examine(env);
  expect({ exitCode, ok, stderr }).toEqual({ exitCode: 15, ok: false, stderr: "" });
  for (const name of ["Buildx", "Docker", "Buildah", "QEMU", "temporary files"]) {
    expect(byName.get(name)).toMatchObject({
      status: "problem",
      cure: expect.stringMatching(/\.$/),
    });
  }
  for (const name of ["tar2sqfs", "setpriv", "unshare"]) {
    expect(byName.get(name)).toMatchObject({
      status: "warning",
      cure: expect.stringContaining("apt-get install"),
    });
  }
  expect(existsSync(cache)).toBe(false);
  const { stdout } = await golemImage(["doctor"], { cwd: directory, env });
  expect(stdout).toMatch(
    /^problem +QEMU +qemu-system-x86_64 is not installed\n +next: Install it/m,
  );
  expect(stdout).toMatch(/before this is mended: Buildx, Docker, Buildah, QEMU/);
});

describe("KVM", () => {
  const signal = new AbortController().signal;
  let device: string;
  let qemu: string;

  beforeAll(() => {
    device = join(directory, "kvm");
    writeFileSync(device, "");
    qemu = join(directory, "qemu");
    process.env.GOLEM_IMAGE_CACHE = join(directory, "kvm cache");
  });

  afterAll(() => {
    delete process.env.GOLEM_IMAGE_CACHE;
  });

  /** A QEMU whose guest begins to run, or never does. */
  function makeQemu(guest: "runs" | "hangs"): void {
    const console = `for word; do case $word in *path=*/console*) file=\${word##*path=}; esac; done`;
    const body = {
      runs: `${console}; echo 'golem-agent: probe' >"\${file%%,*}"`,
      hangs: "exec sleep 1000",
    };
    writeFileSync(qemu, `#!/bin/sh\n${body[guest]}\n`);
    chmodSync(qemu, 0o755);
  }

  test("that has died since an earlier run is not trusted", async () => {
    const guest = { qemu, kernel: "/kernel", initramfs: "/initramfs" };
    makeQemu("runs");
    expect(await checkKvm(guest, signal, device)).toMatchObject({ status: "ok" });
    makeQemu("hangs");
    const remembered = await chooseAccelerator("auto", { ...guest, device });
    expect(remembered.accelerator).toBe("kvm");
    const started = performance.now();
    const verdict = await checkKvm(guest, signal, device);
    expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
    expect(verdict).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("a guest did not start"),
    });
    const afterwards = await chooseAccelerator("auto", { ...guest, device });
    expect(afterwards.accelerator).toBe("tcg");
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(processes).not.toContain(directory);
  });

  test("that did not work some minutes ago is tried again", async () => {
    const guest = { qemu, kernel: "/kernel", initramfs: "/initramfs", device };
    makeQemu("hangs");
    const auto = async () => (await chooseAccelerator("auto", guest)).accelerator;
    expect((await checkKvm(guest, signal, device)).status).toBe("warning");
    makeQemu("runs");
    expect(await auto()).toBe("tcg");
    // Who insists gets what works now.
    expect((await chooseAccelerator("kvm", guest)).accelerator).toBe("kvm");
    const file = join(directory, "kvm cache", "kvm-probe.json");
    const known = JSON.parse(readFileSync(file, "utf8"));
    const elevenMinutes = 11 * 60_000;
    const failed = { ...known, problem: "it was busy", at: Date.now() };
    writeFileSync(file, JSON.stringify(failed));
    expect(await auto()).toBe("tcg");
    writeFileSync(file, JSON.stringify({ ...failed, at: failed.at - elevenMinutes }));
    expect(await auto()).toBe("kvm");
  });

  test("that is missing", async () => {
    const verdict = await checkKvm(undefined, signal, join(directory, "missing"));
    expect(verdict).toMatchObject({ status: "warning", detail: expect.stringContaining("no ") });
    expect(verdict.cure).toMatch(/modprobe kvm_|VT-x/);
  });

  test("that another user may not open, with the udev rule", async () => {
    chmodSync(device, 0o000);
    const program = await bundle("src/doctor/kvm.ts");
    const script = `require(${JSON.stringify(program)}).checkKvm(undefined, AbortSignal.timeout(1e4), ${JSON.stringify(device)}).then((verdict) => console.log(JSON.stringify(verdict)))`;
    chmodSync(directory, 0o755);
    const output = execFileSync(process.execPath, ["-e", script], {
      encoding: "utf8",
      cwd: "/",
      ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }),
    });
    const verdict = JSON.parse(output) as Check;
    expect(verdict).toMatchObject({
      status: "warning",
      detail: expect.stringContaining("may not open"),
    });
    expect(verdict.cure).toContain(`KERNEL=="kvm", GROUP="kvm", MODE="0666"`);
    expect(readdirSync(directory)).toContain("kvm");
  });
});
