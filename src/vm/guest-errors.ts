import { DeadlineError, VmError } from "../errors.ts";
import type { AgentRequestError } from "./agent/errors.ts";

const SHORT_OF_SOMETHING =
  "A guest that is short of memory or has too many processes crawls: allow more with --memory, or let the commands use less.";

/** The guest runs, but cannot start a command. */
export class CommandStartError extends VmError {
  /** @param likelyReason what was found in the image, as a clause */
  constructor(
    program: string,
    workingDirectory: string,
    cause: AgentRequestError,
    likelyReason?: string,
  ) {
    const explanation = likelyReason === undefined ? "" : `; ${likelyReason}`;
    super(`The VM cannot start ${program} in ${workingDirectory}: ${cause.reason}${explanation}.`, {
      hint: "Give the absolute path of a program that the image has (there is no PATH search), and see that WORKDIR exists and is not below a VOLUME.",
      cause,
    });
  }
}

export function commandTimedOut(argv: readonly string[], timeoutMs: number): DeadlineError {
  return new DeadlineError(
    `The command ${argv.map((word) => JSON.stringify(word)).join(" ")} did not end within ${timeoutMs / 1000} s and was killed.`,
    {
      hint: "Allow it more time (--timeout, or timeout: in golem-image.yml), or find what it waits for.",
    },
  );
}

/** What is thrown in place of an error after which the guest did not even answer a request to kill the command. */
export function guestStuck(error: unknown): unknown {
  if (!(error instanceof DeadlineError)) return error;
  return new DeadlineError(`${error.message} The guest does not answer any more.`, {
    hint: SHORT_OF_SOMETHING,
    cause: error,
  });
}

/** @param timeoutMs what the guest agent was given to answer in */
export function agentSilent(timeoutMs: number): VmError {
  return new VmError(`The VM's guest agent did not answer within ${timeoutMs / 1000} s.`, {
    hint: SHORT_OF_SOMETHING,
  });
}
