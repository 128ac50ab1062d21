import { DeadlineError, VmError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import { AgentClient } from "./agent/client.ts";
import type { NetworkAttachment } from "./network/attachment.ts";
import { mountTag } from "./qemu/command-line.ts";
import type { QemuProcess } from "./qemu/process.ts";
import type { Volume } from "./volume-files.ts";

export interface ConnectOptions {
  /** The Unix socket of the agent's port. */
  readonly agentSocket: string;
  /** In the order of the machine's shares. */
  readonly volumes: readonly Volume[];
  readonly network?: NetworkAttachment | undefined;
  /** Milliseconds from QEMU's start until the guest agent has answered. */
  readonly bootTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The agent is ready when it has answered; the first requests are the mounts, as on a provider.
 *
 * @throws {DeadlineError} when it has not answered in time
 * @throws {VmError} when QEMU ends before
 */
export async function connectAgent(
  qemu: QemuProcess,
  { agentSocket, volumes, network, bootTimeoutMs, signal: parent }: ConnectOptions,
): Promise<AgentClient> {
  const ended = new AbortController();
  const onEnd = () => ended.abort(new VmError("The VM ended before its guest agent answered."));
  qemu.ended.then(onEnd);
  const signals = [ended.signal, ...(parent ? [parent] : [])];
  return withDeadline(
    bootTimeoutMs,
    AbortSignal.any(signals),
    () =>
      new DeadlineError(`The VM's guest agent did not answer within ${bootTimeoutMs / 1000} s.`, {
        hint: "Allow more time with vm.timeouts.boot; without KVM a boot takes 5 to 10 s.",
      }),
    async (signal) => {
      const agent = await AgentClient.connect(agentSocket, { signal });
      try {
        for (const [index, volume] of volumes.entries()) {
          await agent.mountVolume(mountTag(index), volume.guestPath, { signal });
        }
        await network?.configure(agent, signal);
        if (volumes.length === 0 && !network) await agent.waitUntilReady({ signal });
        return agent;
      } catch (error) {
        agent.close();
        throw error;
      }
    },
  );
}
