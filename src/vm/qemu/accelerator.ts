import { constants } from "node:fs";
import { access, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { MissingToolError } from "../../errors.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { replaceFile } from "../../system/replace-file.ts";
import type { Command } from "../../system/run-command.ts";
import { withTemporaryDirectory } from "../../system/temporary.ts";
import { type Accelerator, type MachineDescription, qemuCommand } from "./command-line.ts";
import { startQemu } from "./process.ts";

/** For so long an answer that KVM does not work is believed: the machine may only have been busy. */
const BELIEVED_PROBLEM_MS = 10 * 60_000;

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** Why, as the end of a sentence: `KVM: a guest starts under it`. */
  readonly reason: string;
}

export interface ProbeOptions {
  qemu: string;
  kernel: string;
  initramfs: string;
  signal?: AbortSignal;
  /** Path of the KVM device; another one in tests. */
  device?: string;
  /** Whether a guest is started even when an earlier run has learned how that ends. */
  fresh?: boolean;
  /** Milliseconds until a guest must have come so far. */
  timeoutMs?: number;
  /** How this QEMU is started, when not as the distribution's is. */
  command?: (machine: MachineDescription) => Command;
}

/** The guest agent prints this when the kernel command line has `golem.probe=1`, and powers off. */
const PROBE_LINE = "golem-agent: probe";

/** A guest that runs under KVM prints its first line within a fraction of this. */
const FIRST_OUTPUT_MS = 4_000;
const WHOLE_PROBE_MS = 15_000;

export const KVM_DEVICE = "/dev/kvm";

/**
 * Chooses KVM when a guest really makes progress under it, else TCG, QEMU's emulation.
 *
 * That `/dev/kvm` opens proves nothing: on some nested virtual machines the guest never executes its first
 * instruction. So a real guest is started. That it runs is believed until this machine boots again, that it does not for
 * some minutes.
 *
 * @throws {MissingToolError} when KVM is demanded and does not work
 */
export async function chooseAccelerator(
  wanted: Accelerator | "auto",
  options: ProbeOptions,
): Promise<AcceleratorChoice> {
  if (wanted === "tcg") return { accelerator: "tcg", reason: "as asked for" };
  // Who insists is told of what is so now.
  const problem = await kvmProblem(wanted === "kvm" ? { ...options, fresh: true } : options);
  if (problem === undefined) return { accelerator: "kvm", reason: "a guest starts under it" };
  if (wanted === "auto") return { accelerator: "tcg", reason: problem };
  throw new MissingToolError(`KVM was asked for but cannot be used: ${problem}.`, {
    hint: "Use --accelerator auto or tcg, which is slower but needs nothing from this machine.",
  });
}

/** @returns why KVM cannot be used, as the end of a sentence; undefined when a guest starts under it */
export async function kvmProblem(options: ProbeOptions): Promise<string | undefined> {
  const device = options.device ?? KVM_DEVICE;
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? `there is no ${device}`
      : `this user may not open ${device}`;
  }
  const cacheKey = await probeCacheKey(options.qemu, device);
  const known = options.fresh ? undefined : await readKnownResult(cacheKey);
  if (known !== undefined) return known.problem ?? undefined;
  const problem = await probeKvm(options);
  // Of several that ask at once the slowest may be the one whose guest did not start in time.
  const others =
    problem === undefined || options.fresh ? undefined : await readKnownResult(cacheKey);
  if (others?.problem !== null) {
    await rememberResult({ key: cacheKey, problem: problem ?? null, at: Date.now() });
  }
  return problem;
}

async function probeKvm(options: ProbeOptions): Promise<string | undefined> {
  return withTemporaryDirectory(async (directory) => {
    const consoleFile = join(directory, "console");
    const qemu = await startQemu(
      (options.command ?? qemuCommand)(probeMachine(options, consoleFile)),
    );
    try {
      const started = Date.now();
      const timeoutMs = options.timeoutMs ?? WHOLE_PROBE_MS;
      while (Date.now() - started < timeoutMs) {
        options.signal?.throwIfAborted();
        await Promise.race([qemu.ended, delay(50)]);
        const output = await readFile(consoleFile, "latin1").catch(() => "");
        if (output.includes(PROBE_LINE)) return undefined;
        if (qemu.hasEnded()) return failedProbe((await qemu.ended).stderr);
        if (output === "" && Date.now() - started > FIRST_OUTPUT_MS) {
          return `/dev/kvm opens, but a guest did not start within ${FIRST_OUTPUT_MS / 1000} s`;
        }
      }
      return `/dev/kvm opens, but a guest did not boot within ${timeoutMs / 1000} s`;
    } finally {
      await qemu.kill();
    }
  });
}

function probeMachine(options: ProbeOptions, consoleFile: string): MachineDescription {
  return {
    qemu: options.qemu,
    accelerator: "kvm",
    memoryMib: 256,
    cpus: 1,
    kernel: options.kernel,
    initramfs: options.initramfs,
    // Undoes `quiet`: the kernel's first lines are the earliest sign of life.
    kernelParameters: ["golem.probe=1", "loglevel=7"],
    consoleFile,
    shares: [],
  };
}

function failedProbe(stderr: string): string {
  const lastLine = stderr.trim().split("\n").at(-1) ?? "";
  return `QEMU cannot use /dev/kvm${lastLine === "" ? "" : ` (${lastLine})`}`;
}

const KnownResult = v.object({
  key: v.string(),
  problem: v.nullable(v.string()),
  /** Milliseconds of the epoch. */
  at: v.number(),
});

function knownResultFile(): string {
  return join(cacheDirectory(), "kvm-probe.json");
}

/** Another boot of this machine, another QEMU or other rights on the device may change the answer. */
async function probeCacheKey(qemu: string, device: string): Promise<string> {
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const { mode, uid, gid, ctimeMs } = await stat(device);
  return [bootId.trim(), qemu, mode, uid, gid, ctimeMs, process.getuid?.()].join(" ");
}

async function readKnownResult(key: string) {
  try {
    const parsed = v.parse(KnownResult, JSON.parse(await readFile(knownResultFile(), "utf8")));
    const age = Date.now() - parsed.at;
    const isBelieved = parsed.problem === null || (age >= 0 && age < BELIEVED_PROBLEM_MS);
    return parsed.key === key && isBelieved ? parsed : undefined;
  } catch {
    // A missing or damaged record costs one more probe.
    return undefined;
  }
}

async function rememberResult(result: v.InferOutput<typeof KnownResult>): Promise<void> {
  try {
    await makeDirectories(cacheDirectory());
    await replaceFile(knownResultFile(), (partialPath) =>
      writeFile(partialPath, JSON.stringify(result)),
    );
  } catch {
    // What cannot be kept is probed again.
  }
}
