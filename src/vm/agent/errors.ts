import { type FailureContext, VmError } from "../../errors.ts";
import { describeErrno, errnoName } from "./linux-numbers.ts";

/** The guest agent refused a request. */
export class AgentRequestError extends VmError {
  /** The guest's errno. */
  readonly errno: number;
  /** Its name, such as `ENOENT`. */
  readonly code: string;
  /** `ENOENT: no such file or directory` */
  readonly reason: string;

  /** @param activity what was asked for, as a gerund: "mounting mnt0 at /data" */
  constructor(activity: string, errno: number, context: FailureContext = {}) {
    super(`The VM failed at ${activity}: ${describeErrno(errno)}.`, context);
    this.errno = errno;
    this.code = errnoName(errno);
    this.reason = describeErrno(errno);
  }
}

/** The guest sent what the protocol does not allow. */
export function protocolError(what: string): VmError {
  return new VmError(`The guest agent broke the protocol: ${what}.`, {
    hint: "The VM is not usable any more. If its image replaces the guest's init, use a runtime that matches.",
  });
}
