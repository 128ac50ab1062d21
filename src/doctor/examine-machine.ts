import { tmpdir } from "node:os";
import { BUILDERS } from "../build/build-image.ts";
import type { Availability, BuilderName } from "../build/builder.ts";
import { asClause, GolemImageError } from "../errors.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import { findProgram } from "../system/find-program.ts";
import { guestAgentBinary } from "../vm/initramfs/guest-agent-binary.ts";
import { makeInitramfs } from "../vm/initramfs/initramfs.ts";
import type { GivenKernel } from "../vm/kernel/find-kernel.ts";
import { judgeBuilder } from "./builders.ts";
import { type Check, ok, problem, type Verdict, warning } from "./check.ts";
import { checkDirectory } from "./directories.ts";
import { checkKernel, findLocalKernel, type KernelOutcome } from "./kernel.ts";
import { checkKvm, type Guest } from "./kvm.ts";
import { checkMemory } from "./memory.ts";
import { checkNode } from "./node.ts";
import { checkQemu } from "./qemu.ts";
import { checkTool, OPTIONAL_TOOLS } from "./tools.ts";

export interface ExamineOptions {
  /** The settings' kernel. */
  readonly kernel?: GivenKernel;
  /** MiB that a VM gets. */
  readonly memoryMib: number;
  readonly signal?: AbortSignal;
  /** Milliseconds after which what has not answered is not waited for; 9 s by default. */
  readonly timeoutMs?: number;
  /** Another device than `/dev/kvm`, for tests. */
  readonly kvmDevice?: string;
}

export interface Examination {
  /** Whether images can be built, converted and tested here. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

const TIMEOUT_MS = 9_000;

/**
 * Finds out what this machine can do, by trying it: builders are asked, and a guest is started under KVM. Nothing
 * is installed or downloaded. All checks run at the same time.
 *
 * @throws the abort reason of `signal`
 */
export async function examineMachine(options: ExamineOptions): Promise<Examination> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  const aborted = rejectionOf(signal);
  const check = (name: string, judge: () => Verdict | Promise<Verdict>, whenSilent = problem) =>
    boundedCheck(name, judge, { signal, aborted, whenSilent });
  const qemu = findProgram("qemu-system-x86_64");
  const kernel = findLocalKernel(options.kernel);
  const guest = guestFrom(qemu, kernel);
  const builders = probeBuilders(signal, aborted);
  const checks = await Promise.all([
    check("Node.js", () => checkNode()),
    ...BUILDERS.map(async ({ name }) => judgeBuilder(name, await builders)),
    check("QEMU", async () => checkQemu(await qemu, signal)),
    check("kernel", async () => checkKernel(await kernel)),
    check("KVM", async () => checkKvm(await guest, signal, options.kvmDevice), warning),
    check("guest agent", () => ok(guestAgentBinary())),
    ...OPTIONAL_TOOLS.map((tool) => check(tool.program, () => checkTool(tool))),
    check("temporary files", () => checkDirectory(tmpdir(), "TMPDIR", false)),
    check("cache", () => checkDirectory(cacheDirectory(), "XDG_CACHE_HOME", true)),
    check("memory", () => checkMemory(options.memoryMib)),
  ]);
  options.signal?.throwIfAborted();
  return { ok: checks.every(({ status }) => status !== "problem"), checks };
}

const SILENT: Availability = {
  isUsable: false,
  reason: "it gave no answer in time",
  cure: "Find out what it waits for.",
};

/** Asks all builders; one that gives no answer does not work. */
async function probeBuilders(
  signal: AbortSignal,
  aborted: Promise<never>,
): Promise<ReadonlyMap<BuilderName, Availability>> {
  const answers = BUILDERS.map(async (builder) => {
    const answer = await Promise.race([builder.probe(signal), aborted]).catch((error: Error) =>
      signal.aborted ? SILENT : { ...SILENT, reason: asClause(error) },
    );
    return [builder.name, answer] as const;
  });
  return new Map(await Promise.all(answers));
}

/** What the KVM check starts; undefined when something of it is missing, which other checks report. */
async function guestFrom(
  qemu: Promise<string | undefined>,
  kernel: Promise<KernelOutcome>,
): Promise<Guest | undefined> {
  const [path, outcome] = await Promise.all([qemu, kernel]);
  if (path === undefined || !("kernel" in outcome)) return undefined;
  const { image, moduleFiles } = outcome.kernel;
  const initramfs = await makeInitramfs(moduleFiles).catch(() => undefined);
  return initramfs === undefined ? undefined : { qemu: path, kernel: image, initramfs };
}

interface CheckLimits {
  readonly signal: AbortSignal;
  /** Rejects when the signal is aborted. */
  readonly aborted: Promise<never>;
  readonly whenSilent: (detail: string, cure: string) => Verdict;
}

/** One check, which neither fails nor outlasts the signal. */
async function boundedCheck(
  name: string,
  judge: () => Verdict | Promise<Verdict>,
  { signal, aborted, whenSilent }: CheckLimits,
): Promise<Check> {
  try {
    return { name, ...(await Promise.race([judge(), aborted])) };
  } catch (error) {
    if (signal.aborted) {
      const cure = "Find out what keeps this machine busy, and try again.";
      return { name, ...whenSilent("no answer in time", cure) };
    }
    const hint = error instanceof GolemImageError ? error.hint : undefined;
    return { name, ...problem(asClause(error as Error), hint ?? "Cure what the message names.") };
  }
}

/** A promise that only ever rejects, when the signal is aborted. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  rejection.catch(() => {});
  return rejection;
}
