/** The streams of a command in the guest. */
export type OutputStream = "stdout" | "stderr";

export interface GuestCommand {
  /** The first word is the absolute path of a program in the guest: there is no PATH search. */
  readonly argv: readonly [string, ...string[]];
  /** Milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
  /** An absolute path in the guest; the image's working directory when absent. */
  readonly directory?: string;
  /** Numbers of the user and the group; 0 when absent, as every requestor has them. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Kills this command when aborted; `run` rejects with its reason then, and the VM goes on. */
  readonly signal?: AbortSignal;
  /** Takes the command's output as it comes; the guest waits while a returned promise is pending. */
  readonly onOutput: (stream: OutputStream, chunk: Uint8Array) => void | Promise<void>;
}

/** How a command in the guest ended: exactly one of the two is set. */
export interface GuestExit {
  readonly exitCode?: number;
  /** The number of the signal that killed it. */
  readonly signal?: number;
  readonly durationMs: number;
  /**
   * Set when it ended with code 9 and no output on a profile that so reports a command that could not start:
   * what in the image explains that, as a clause, or that nothing does.
   */
  readonly couldNotStart?: string;
}
