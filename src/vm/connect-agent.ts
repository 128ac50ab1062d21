import { DeadlineError, VmError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import { AgentClient } from "./agent/client.ts";
import { AgentRequestError } from "./agent/errors.ts";
import type { BootClock } from "./boot-phases.ts";
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
  /** Is told when each part of the boot has ended. */
  readonly clock?: BootClock | undefined;
}

/**
 * The agent is ready when it has answered; the first requests are the mounts, as on a provider.
 *
 * @throws {DeadlineError} when it has not answered in time
 * @throws {VmError} when QEMU ends before
 */
export async function connectAgent(
  qemu: QemuProcess,
  { agentSocket, volumes, network, bootTimeoutMs, signal: parent, clock }: ConnectOptions,
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
        hint: "Allow more time with vm.timeouts.boot; without KVM a boot takes 3 to 10 s, on a busy machine more.",
      }),
    async (signal) => {
      const agent = await AgentClient.connect(agentSocket, { signal });
      clock?.end("QEMU");
      try {
        for (const [index, volume] of volumes.entries()) {
          await mountVolume(agent, index, volume, signal);
          // The guest answers nothing before it is up.
          if (index === 0) clock?.end("kernel, guest agent and first volume");
        }
        if (volumes.length > 1) clock?.end("other volumes");
        await network?.configure(agent, signal);
        if (volumes.length === 0 && !network) await agent.waitUntilReady({ signal });
        if (network) clock?.end(volumes.length > 0 ? "network" : "kernel, guest agent and network");
        else if (volumes.length === 0) clock?.end("kernel and guest agent");
        return agent;
      } catch (error) {
        agent.close();
        throw error;
      }
    },
  );
}

async function mountVolume(
  agent: AgentClient,
  index: number,
  { guestPath }: Volume,
  signal: AbortSignal,
): Promise<void> {
  try {
    await agent.mountVolume(mountTag(index), guestPath, { signal });
  } catch (cause) {
    if (!(cause instanceof AgentRequestError) || cause.code !== "ENOTDIR") throw cause;
    throw new VmError(
      `The volume ${guestPath} cannot be mounted: a part of its path is a symbolic link, or no directory.`,
      {
        hint: "Providers' runtimes since 0.4 follow no links there, and end: name the directory itself in VOLUME, such as /run/app for /var/run/app.",
        cause,
      },
    );
  }
}
