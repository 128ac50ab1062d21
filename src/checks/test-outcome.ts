import type { GuestExit, OutputStream } from "../vm/guest-command.ts";

/** What a test's command did; of each stream the beginning. */
export interface CommandOutcome {
  /** Absent when the command could not be started or did not end in time. */
  readonly exit?: GuestExit;
  /** Why there is no exit. */
  readonly problem?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The streams of which there was more, which a mark at their end says. */
  readonly cut?: readonly OutputStream[];
}
