// Programs in PATH that write down how they were called stand for apt-get, sudo and the rest.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionContext } from "../../src/actions/action-context.ts";
import { Inputs } from "../../src/actions/inputs/read-inputs.ts";
import { Log } from "../../src/actions/log.ts";
import { logProgress } from "../../src/actions/progress.ts";
import { prepareRunner } from "../../src/actions/test/prepare-runner.ts";
import type { VmSettings } from "../../src/settings/settings.ts";

const { PATH } = process.env;
let directory = "";
let logged = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gi-runner-"));
  logged = "";
  process.env.PATH = directory;
});

afterEach(() => {
  process.env.PATH = PATH;
  rmSync(directory, { recursive: true, force: true });
});

/** Puts programs into PATH. @param exitCode of all of them */
function provide(exitCode: number, ...names: string[]): void {
  for (const name of names) {
    const script = `#!/bin/sh\necho "$(/usr/bin/basename "$0") $*" >>"${directory}/calls"\necho "${name} says" >&2\nexit ${exitCode}\n`;
    writeFileSync(join(directory, name), script, { mode: 0o755 });
  }
}

/** What was called, without sudo: whether it is needed depends on who runs the tests. */
function calls(): string[] {
  const path = join(directory, "calls");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => line.replace(/^sudo -n /, ""));
}

function prepare(vm: Partial<VmSettings>): Promise<void> {
  const log = new Log({ write: (text) => (logged += text) });
  const context: ActionContext = {
    ...{ action: "test", inputs: new Inputs("test", {}), log, progress: logProgress(log) },
    ...{ signal: new AbortController().signal, workspace: "/", temporaryDirectory: directory },
    ...{ environment: { RUNNER_ENVIRONMENT: "self-hosted" }, skip: () => {} },
  };
  return prepareRunner(vm as VmSettings, context);
}

const SYSTEM = { runtime: { name: "system" } } as const;

test("QEMU is installed where it is missing", async () => {
  provide(0, "apt-get", "sudo");
  await prepare(SYSTEM);
  expect(calls()).toEqual([
    "apt-get -qq update",
    "apt-get install -qq --yes --no-install-recommends -o DPkg::Lock::Timeout=120 qemu-system-x86",
  ]);
});

test("nothing is installed where QEMU is there, or comes with the runtime", async () => {
  provide(0, "apt-get", "sudo", "qemu-system-x86_64");
  await prepare(SYSTEM);
  rmSync(join(directory, "qemu-system-x86_64"));
  await prepare({ runtime: { name: "ya-runtime-vm" } });
  expect(calls()).toEqual([]);
});

test("what cannot be installed is noted, since booting says what is missing", async () => {
  provide(1, "apt-get", "sudo");
  await prepare(SYSTEM);
  expect(logged).toContain("QEMU could not be installed");
  rmSync(join(directory, "apt-get"));
  await prepare(SYSTEM);
  expect(logged).toContain("there is no apt-get");
});
