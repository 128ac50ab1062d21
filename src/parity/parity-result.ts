import type { Profile } from "../vm/profiles.ts";
import type { Accelerator } from "../vm/qemu/command-line.ts";

/** The version of the result's shape. It grows when a key changes its meaning or goes. */
export const PARITY_SCHEMA = 1;

/** Why something that works in Docker does not on Golem. */
export const CAUSES = [
  "environment",
  "entrypoint",
  "user",
  "programs",
  "hidden-files",
  "overlay",
  "permissions",
  "host-names",
  "network",
  "volume-file-system",
  "other",
] as const;

export type CauseId = (typeof CAUSES)[number];

export interface Cause {
  readonly id: CauseId;
  /** The lint rule whose page has the details, such as `GVM003`. */
  readonly rule?: string;
  /** What Golem does, in full sentences. */
  readonly why: string;
  /** What to do about it, in full sentences. */
  readonly cure: string;
  /** How it was found: by trying the cure, by what the test says, or by looking at both. */
  readonly evidence: string;
}

/** What `parity --json` prints. */
export interface ParityResult {
  readonly schema: typeof PARITY_SCHEMA;
  /** Path of the .gvmi. */
  readonly image: string;
  readonly durationMs: number;
  /** Null when nothing was run in Docker. */
  readonly docker: { readonly image: string; readonly version: string } | null;
  /** Why nothing was run in Docker; null when it was. */
  readonly dockerReason: string | null;
  readonly profile: Profile;
  readonly accelerator: Accelerator;
  /** Why the VM did not live through all tests; null when it did. */
  readonly failure: string | null;
  /** The user's tests, in their order. */
  readonly tests: readonly TestParity[];
  /** What an image meets on both sides, whether a test is about it or not. */
  readonly surroundings: readonly SurroundingParity[];
}

export type SideVerdict = "passed" | "failed" | "not-run";

export interface SideResult {
  readonly verdict: SideVerdict;
  /** Why it failed, or was not run; empty when it passed. */
  readonly message: string;
}

export interface TestParity {
  readonly name: string;
  readonly docker: SideResult;
  readonly golem: SideResult;
  /** Whether it passed on one side and failed on the other. */
  readonly differs: boolean;
  /** Of a failure on Golem; null when there is none, or Docker's is the same. */
  readonly cause: Cause | null;
}

export interface SurroundingParity {
  readonly id: string;
  /** Such as "Variables of ENV". */
  readonly title: string;
  /** Null when it is not known. `expected`: what the image's configuration says, since nothing was run. */
  readonly docker: { readonly text: string; readonly how: "run" | "expected" } | null;
  readonly golem: string;
  readonly differs: boolean;
  /** Null when nothing differs. */
  readonly cause: Cause | null;
}
