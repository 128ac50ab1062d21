import type { TestResult } from "../checks/test-result.ts";
import type { FailureKind } from "../errors.ts";
import type { BootPhase } from "../vm/boot-phases.ts";
import type { Measurements } from "../vm/measurements.ts";
import type { Profile } from "../vm/profiles.ts";
import type { Accelerator } from "../vm/qemu/command-line.ts";
import type { RuntimeSummary } from "../vm/runtime.ts";

/** The version of the results' shape. It grows when a key changes its meaning or goes, not when one is added. */
export const RESULT_SCHEMA = 1;

/** What `test --json` prints. */
export interface TestImageResult {
  readonly schema: typeof RESULT_SCHEMA;
  /** Whether all profiles are. */
  readonly ok: boolean;
  /** Path of the .gvmi. */
  readonly image: string;
  /** ISO 8601, in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** In the order in which they were asked for. */
  readonly profiles: readonly ProfileResult[];
}

/** What one generation of the provider's runtime made of the image. */
export interface ProfileResult {
  readonly profile: Profile;
  /** Whether the VM lived through all tests, and all of them passed. */
  readonly ok: boolean;
  readonly runtime: RuntimeSummary;
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  /** Milliseconds from QEMU's start until the volumes were mounted; null when the VM did not get so far. */
  readonly readyMs: number | null;
  /** Of the tests that were run: fewer than there are after a failure. */
  readonly tests: readonly TestResult[];
  /** What is wrong apart from the tests; null when nothing is. */
  readonly failure: ProfileFailure | null;
  /** After the last test; null when the VM did not get so far. Of several VMs, the most that one of them took. */
  readonly measurements: Measurements | null;
  /** What took how long: boots, resets and tests, in the order of their starts. They may overlap. */
  readonly timeline: readonly TimelineEntry[];
  /** What was in use while the tests ran; empty where the guest agent does not tell. */
  readonly samples: readonly UsageSample[];
  readonly console: ConsoleReport;
  readonly limits: ProfileLimits;
  /** Repeats the tests under this profile, quoted for a shell. */
  readonly repeatCommand: string;
}

/** Such as a VM that did not boot. */
export interface ProfileFailure {
  readonly kind: Extract<FailureKind, "vm" | "timeout">;
  readonly message: string;
  /** The name of the test that was running. */
  readonly during: string | null;
  readonly hint: string | null;
  /** Evidence, such as the console's last lines. */
  readonly details: string | null;
}

export interface TimelineEntry {
  /** Such as `boot`, or a test's name. */
  readonly name: string;
  readonly kind: "boot" | "reset" | "test";
  /** Milliseconds since the profile's turn began. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Which of the VMs, from 0, when several run at a time. */
  readonly vm: number;
  /** What the end of a boot went to, from QEMU's start on; before it the machine's parts are prepared. */
  readonly phases?: readonly BootPhase[];
}

/** Bytes that were in use at one time; null where it could not be measured. */
export interface UsageSample {
  /** Milliseconds since the profile's turn began. */
  readonly atMs: number;
  readonly memory: number | null;
  readonly overlay: number | null;
  readonly tmp: number | null;
  /** By the volume's path. */
  readonly volumes: Readonly<Record<string, number>>;
  /** Which of the VMs, from 0. */
  readonly vm: number;
}

/** Of the last VM of the profile. */
export interface ConsoleReport {
  /** Where the whole of it is kept; null when it was not kept. */
  readonly path: string | null;
  /** Its last lines, as printable text. */
  readonly tail: string;
}

/** What the VMs were allowed. */
export interface ProfileLimits {
  readonly memoryMib: number;
  readonly cpus: number;
  /** For each volume; null without a limit. */
  readonly storageMib: number | null;
  /** Kept of each output stream of a command. */
  readonly outputMib: number;
  readonly timeoutsMs: { readonly boot: number; readonly command: number; readonly total: number };
}
