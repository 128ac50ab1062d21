import type { TestResult } from "../checks/test-outcome.ts";
import type { FailureKind } from "../errors.ts";
import type { Measurements } from "../vm/measurements.ts";
import type { Profile } from "../vm/profiles.ts";
import type { Accelerator } from "../vm/qemu/command-line.ts";
import type { RuntimeSummary } from "../vm/runtime.ts";

/** What `test --json` prints. */
export interface TestImageResult {
  /** Whether all profiles are. */
  readonly ok: boolean;
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
  /** After the last test; null when the VM did not get so far. */
  readonly measurements: Measurements | null;
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
