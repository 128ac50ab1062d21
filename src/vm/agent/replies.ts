import type { Reply } from "./connection.ts";
import { AgentRequestError, protocolError } from "./errors.ts";

/** Checks that an answer is OK. */
export function expectOk(activity: string): (reply: Reply) => void {
  return (reply) => {
    if (reply.type === "error") throw new AgentRequestError(activity, reply.errno);
    if (reply.type !== "ok") throw protocolError(`answered ${reply.type} to ${activity}`);
  };
}

/** The number in an OK_U64 answer. */
export function expectNumber(activity: string): (reply: Reply) => bigint {
  return (reply) => {
    if (reply.type === "error") throw new AgentRequestError(activity, reply.errno);
    if (reply.type !== "number") throw protocolError(`answered ${reply.type} to ${activity}`);
    return reply.value;
  };
}

/** The content of an OK_BYTES answer. */
export function expectBytes(activity: string): (reply: Reply) => Buffer {
  return (reply) => {
    if (reply.type === "error") throw new AgentRequestError(activity, reply.errno);
    if (reply.type !== "bytes") throw protocolError(`answered ${reply.type} to ${activity}`);
    return reply.value;
  };
}
