import type { Profile } from "../vm/profiles.ts";

/** `flaky`: it failed, and passed when it was tried again. */
export type Verdict = "passed" | "failed" | "skipped" | "flaky";

/** What a test is made of; reports group by it. */
export const TEST_KINDS = [
  "command",
  "file-existence",
  "file-content",
  "metadata",
  "licence",
  "script",
  "steps",
  "built-in",
] as const;

export type TestKind = (typeof TEST_KINDS)[number];

/**
 * What state a test met: that of a boot of its own; of a VM that was `reset` to the state after its boot; what
 * earlier tests left behind (`shared`); or no VM, since the image itself answers (`at-rest`).
 */
export type Isolation = "boot" | "reset" | "shared" | "at-rest";

/** Where a test is written. */
export interface TestSource {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The beginning of what a command printed. */
export interface OutputText {
  readonly text: string;
  /** Whether there was more, which a mark at the text's end says, too. */
  readonly truncated: boolean;
}

/** One thing that a test did. */
export interface StepResult {
  /** As a person calls it, when it has a name. */
  readonly name?: string;
  /** What was run in the guest; empty for a step that is no command, such as a transfer. */
  readonly command: readonly string[];
  /** The shell's convention: 128 + the signal's number for a command that was killed; null without an end. */
  readonly exitCode: number | null;
  readonly stdout: OutputText;
  readonly stderr: OutputText;
  readonly durationMs: number;
  /** Why the step failed; empty when it did not. */
  readonly message: string;
  /** The instance it ran in, of a test with several. */
  readonly instance?: string;
}

/** Why an expectation cannot hold on Golem, or what to do about what failed. */
export interface Explanation {
  /** The lint rule whose page has the details, such as `GVM003`. */
  readonly rule?: string;
  /** Full sentences. */
  readonly text: string;
}

/** The verdict on one test under one profile; part of what `--json` prints (see `RESULT_SCHEMA`). */
export interface TestResult {
  /** Unique in its profile, and the same in every run of the same files. */
  readonly id: string;
  readonly name: string;
  /** Null for what is tested without being written anywhere. */
  readonly source: TestSource | null;
  readonly kind: TestKind;
  readonly verdict: Verdict;
  /** Whether it is not `failed`. */
  readonly ok: boolean;
  /** Of the last command; null without one, or without its end. */
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Why it failed, was skipped, or (flaky) had failed first; empty when it passed. */
  readonly message: string;
  /** Each thing that is wrong, of which `message` is made; empty unless it failed. */
  readonly problems: readonly string[];
  readonly explanation?: Explanation;
  readonly steps: readonly StepResult[];
  readonly isolation: Isolation;
  readonly profile: Profile;
  /** 1 unless retries were asked for and needed. */
  readonly attempts: number;
  /** Repeats this test alone on a developer's machine, quoted for a shell. */
  readonly repeatCommand: string;
}
