import type { GuestCommand, GuestExit } from "../vm/guest-command.ts";

/** The part of a booted VM that runs commands. */
export interface CommandMachine {
  run(command: GuestCommand): Promise<GuestExit>;
}

export interface LineRunnerOptions {
  /** Milliseconds that each line may take; no limit when absent. */
  readonly timeoutMs?: number;
  readonly onOutput: GuestCommand["onOutput"];
  /** Takes what the person should know of a line that has ended, as a clause. */
  readonly onNote?: (text: string) => void;
}

/** Runs the lines of a session one after the other. */
export interface LineRunner {
  /** Where in the guest the next line begins. */
  readonly directory: string;
  /**
   * Runs one line to its end.
   *
   * @param status the exit status of the line before
   * @param signal kills the line when aborted
   * @returns its exit status; 128 + the signal's number when one killed it
   * @throws {UsageError} when the line cannot be understood
   * @throws {CommandStartError} when the guest cannot start it and its profile says so
   * @throws {DeadlineError} when it takes too long
   * @throws {VmError} when the VM ends
   * @throws the abort reason
   */
  run(line: string, status: number, signal: AbortSignal): Promise<number>;
}
