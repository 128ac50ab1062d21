import type { Gvmi } from "../gvmi/read.ts";
import type { IsolationChoice } from "../settings/test-settings.ts";
import type { NetworkRequest } from "../vm/network/request.ts";
import type { Profile } from "../vm/profiles.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import type { FileView } from "./files/file-view.ts";
import type { Explanation, StepResult, TestKind, TestSource } from "./test-result.ts";

/**
 * What a test needs: the image alone; a VM that it only looks at; a VM that it changes; or VMs of its own, which
 * it boots itself.
 */
export type Reach = "image" | "looks" | "changes" | "instances";

/** What a test wants of its VM in place of the settings' `vm:`. */
export interface VmNeeds {
  readonly memory?: number | undefined;
  readonly cpus?: number | undefined;
  /** The test is run on this profile alone. */
  readonly profile?: Profile | undefined;
  readonly network?: NetworkRequest | undefined;
}

/** A test that is ready to run, wherever it was written. */
export interface PlannedTest {
  /** Unique in the run, and the same in each. */
  readonly id: string;
  readonly name: string;
  readonly source: TestSource | null;
  readonly kind: TestKind;
  readonly reach: Reach;
  /** The run's when absent. */
  readonly isolation?: IsolationChoice | undefined;
  readonly vm?: VmNeeds | undefined;
  /** Whether it is about what all other tests did, and has to come after them. */
  readonly isLast?: boolean | undefined;
  /**
   * A failed test is a result. What is thrown means that the VM has ended, or the run was interrupted.
   */
  run(context: TestContext): Promise<TestOutcome>;
}

/** What a test did, before it is known where it stands. */
export interface TestOutcome {
  /** Full clauses; the test has passed without any. */
  readonly problems: readonly string[];
  readonly steps: readonly StepResult[];
  readonly explanation?: Explanation | undefined;
}

export interface TestLimits {
  /** Milliseconds for a command without a timeout of its own. */
  readonly timeoutMs: number;
  /** Of each stream, what is kept for the expectations and the report; 1 MiB when absent. */
  readonly outputLimitMib?: number | undefined;
}

/** An image as tests see it. */
export interface ImageUnderTest {
  readonly gvmi: Gvmi;
  /** Its files at rest; undefined when they cannot be read without booting it. */
  readonly atRest: FileView | undefined;
}

/** What a test has to work with. */
export interface TestContext {
  readonly image: ImageUnderTest;
  readonly limits: TestLimits;
  /** Whose behaviour the VM has, or would have. */
  readonly profile: Profile;
  /** Undefined for a test that reaches for the image alone, or boots VMs itself. */
  readonly machine: VirtualMachine | undefined;
  /** Boots a VM of the same kind with something else, as a test with several instances does. */
  readonly boot: BootInstance;
  /** Bytes of the writable overlay that were in use at most so far, in any VM of the run. */
  readonly overlayPeak: () =>
    | { readonly sizeBytes: number; readonly peakBytes: number }
    | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface InstanceOptions extends VmNeeds {
  /** Path of its image; the image under test when absent. */
  readonly image?: string | undefined;
  readonly attachment?: import("../vm/network/attachment.ts").NetworkAttachment | undefined;
}

/** Boots a VM, hands it to `body`, and ends it. */
export type BootInstance = <T>(
  options: InstanceOptions,
  body: (machine: VirtualMachine) => Promise<T>,
) => Promise<T>;

/** The VM of a test that needs one. */
export function machineOf({ machine }: TestContext): VirtualMachine {
  if (machine === undefined) throw new Error("A test that needs a VM was run without one.");
  return machine;
}
