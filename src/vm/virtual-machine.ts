import { GolemImageError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import type { AgentClient, GuestFile, GuestStatistics, LookRequest } from "./agent/client.ts";
import { AgentRequestError } from "./agent/errors.ts";
import type { BootPhase } from "./boot-phases.ts";
import type { GuestCommand, GuestExit } from "./guest-command.ts";
import { agentSilent } from "./guest-errors.ts";
import { type Measurements, measure } from "./measurements.ts";
import type { Profile } from "./profiles.ts";
import type { AcceleratorChoice } from "./qemu/accelerator.ts";
import { mountTag } from "./qemu/command-line.ts";
import { runGuestCommand } from "./run-guest-command.ts";
import type { Runtime } from "./runtime.ts";
import type { VolumeStorage, VolumeUsage } from "./storage/volume-storage.ts";
import type { Volume } from "./volume-files.ts";
import { emptyVolumes } from "./volumes.ts";

const ANSWER_TIMEOUT_MS = 10_000;
const RESET_TIMEOUT_MS = 15_000;

interface Parts {
  agent: AgentClient;
  runtime: Runtime;
  readyMs: number;
  bootPhases?: readonly BootPhase[];
  storage: VolumeStorage;
  /** QEMU's. */
  pid: number | undefined;
  /** Path of the image. */
  image: string;
  workingDirectory: string;
  environment: readonly string[];
  signal?: AbortSignal;
  /** The last lines that the VM has printed on its console. */
  consoleTail: () => string;
}

/** A booted VM whose volumes are mounted. */
export class VirtualMachine {
  readonly runtime: Runtime;
  readonly profile: Profile;
  readonly acceleratorChoice: AcceleratorChoice;
  /** Milliseconds from QEMU's start until the guest agent had mounted the volumes. */
  readonly readyMs: number;
  /** What that time went to. */
  readonly bootPhases: readonly BootPhase[];
  readonly volumes: readonly Volume[];
  /** Aborted when the whole run is to end. */
  readonly signal: AbortSignal | undefined;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.runtime = parts.runtime;
    this.profile = parts.runtime.profile;
    this.acceleratorChoice = parts.runtime.acceleratorChoice;
    this.readyMs = parts.readyMs;
    this.bootPhases = parts.bootPhases ?? [];
    this.volumes = parts.storage.volumes;
    this.signal = parts.signal;
    this.#parts = parts;
  }

  /**
   * Runs one command as a provider does: as root, in the image's working directory, stdin empty.
   *
   * @throws {DeadlineError} when the command has not ended in time; it is killed
   * @throws {CommandStartError} when the guest cannot start it and its profile says so
   * @throws {VmError} when the VM ends
   */
  run(command: GuestCommand): Promise<GuestExit> {
    const { agent, image, workingDirectory, environment } = this.#parts;
    const { profile, volumes, signal } = this;
    const place = { agent, profile, volumes, image, workingDirectory, environment, signal };
    return runGuestCommand(command, place);
  }

  /**
   * What the guest uses right now, without a time limit of its own: a guest that is busy answers late.
   *
   * @returns undefined under the official runtime, whose agent does not tell
   */
  async guestUsage(signal?: AbortSignal): Promise<GuestStatistics | undefined> {
    return this.isOurs ? this.#parts.agent.statistics(signal ? { signal } : {}) : undefined;
  }

  /** What the volumes hold right now. */
  volumeUsage(signal = this.#parts.signal): Promise<VolumeUsage[]> {
    return this.#parts.storage.usage(signal);
  }

  /** Whether `look` and `reset` can be asked for: the official runtime's agent has neither. */
  get isOurs(): boolean {
    return this.runtime.agent === "ours";
  }

  /**
   * What there is at a path of the guest, without running anything in it. `isOurs` must hold.
   *
   * @returns undefined when there is nothing
   * @throws {AgentRequestError} when it cannot be looked at
   */
  async look(what: LookRequest): Promise<GuestFile | undefined> {
    const { agent } = this.#parts;
    try {
      return await this.#asked((signal) => agent.look(what, { signal }));
    } catch (error) {
      const isAbsent =
        error instanceof AgentRequestError && ["ENOENT", "ENOTDIR"].includes(error.code);
      if (isAbsent) return undefined;
      throw error;
    }
  }

  /**
   * Takes the VM back to the state after its boot: no processes, nothing written anywhere, empty volumes. `isOurs`
   * must hold.
   *
   * @returns false when something is left that cannot be undone; the VM is of no use any more then
   */
  async reset(): Promise<boolean> {
    const { agent, signal: parent } = this.#parts;
    return withDeadline(
      RESET_TIMEOUT_MS,
      parent,
      () => agentSilent(RESET_TIMEOUT_MS),
      async (signal) => {
        try {
          await agent.reset({ signal });
          await emptyVolumes(this.volumes);
          for (const [index, { guestPath }] of this.volumes.entries()) {
            await agent.mountVolume(mountTag(index), guestPath, { signal });
          }
          return true;
        } catch (error) {
          parent?.throwIfAborted();
          if (error instanceof GolemImageError) return false;
          throw error;
        }
      },
    );
  }

  /** The last lines of the console, as printable text. */
  consoleTail(): string {
    return this.#parts.consoleTail();
  }

  /** False once the VM has ended or the run was interrupted: no further command can run. */
  isUsable(): boolean {
    return this.#parts.agent.isConnected && !this.#parts.signal?.aborted;
  }

  /**
   * What the run took so far, and what the VM has.
   *
   * @throws {VmError} when the guest agent does not answer
   */
  measure(): Promise<Measurements> {
    const { pid, storage, signal } = this.#parts;
    const statistics = () => this.statistics();
    return measure({ pid, storage, statistics, signal });
  }

  /**
   * What the guest uses of its memory, overlay and /tmp right now; undefined under the official runtime, whose
   * agent does not tell.
   */
  async statistics(): Promise<GuestStatistics | undefined> {
    const { agent } = this.#parts;
    if (!this.isOurs) return undefined;
    return this.#asked((signal) => agent.statistics({ signal }));
  }

  /** Asks the agent something that it answers at once, or is of no use any more. */
  async #asked<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { agent, signal: parent } = this.#parts;
    return withDeadline(
      ANSWER_TIMEOUT_MS,
      parent,
      () => agentSilent(ANSWER_TIMEOUT_MS),
      async (signal) => {
        try {
          return await ask(signal);
        } catch (error) {
          if (signal.aborted) agent.close();
          throw error;
        }
      },
    );
  }
}
