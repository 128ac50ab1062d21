import { DeadlineError, GolemImageError, VmError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import type {
  AgentClient,
  GuestFile,
  GuestStatistics,
  LookRequest,
  ProcessEnd,
  RunningProcess,
} from "./agent/client.ts";
import { AgentRequestError } from "./agent/errors.ts";
import { likelyStartFailure } from "./image/start-failure.ts";
import { type Measurements, measure } from "./measurements.ts";
import type { Profile } from "./profiles.ts";
import type { AcceleratorChoice } from "./qemu/accelerator.ts";
import { mountTag } from "./qemu/command-line.ts";
import type { Runtime } from "./runtime.ts";
import type { VolumeStorage, VolumeUsage } from "./storage/volume-storage.ts";
import type { Volume } from "./volume-files.ts";
import { emptyVolumes } from "./volumes.ts";

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

/** How the runtimes since 0.4 report a command that could not start: this code, and no output. */
const COULD_NOT_START_EXIT_CODE = 9;
const HIDING_PROFILES: readonly Profile[] = ["v0.4", "v0.5"];

/** An agent that is alive answers within a fraction of this. */
const ANSWER_TIMEOUT_MS = 3_000;
const STATISTICS_TIMEOUT_MS = 10_000;
const RESET_TIMEOUT_MS = 15_000;

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

interface Parts {
  agent: AgentClient;
  runtime: Runtime;
  readyMs: number;
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
  readonly volumes: readonly Volume[];
  /** Aborted when the whole run is to end. */
  readonly signal: AbortSignal | undefined;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.runtime = parts.runtime;
    this.profile = parts.runtime.profile;
    this.acceleratorChoice = parts.runtime.acceleratorChoice;
    this.readyMs = parts.readyMs;
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
  async run(command: GuestCommand): Promise<GuestExit> {
    const workingDirectory = command.directory ?? this.#parts.workingDirectory;
    const started = performance.now();
    const { timeoutMs } = command;
    return withOptionalDeadline(
      timeoutMs,
      [this.#parts.signal, command.signal],
      () => commandTimedOut(command.argv, timeoutMs ?? 0),
      async (signal) => {
        const guestProcess = await this.#start(command, workingDirectory, signal);
        let bytes = 0;
        const take = (stream: OutputStream) => (chunk: Uint8Array) => {
          bytes += chunk.length;
          return command.onOutput(stream, chunk);
        };
        try {
          const [ended] = await Promise.all([
            guestProcess.ended,
            deliver(guestProcess.stdout, take("stdout")),
            deliver(guestProcess.stderr, take("stderr")),
          ]);
          const durationMs = Math.round(performance.now() - started);
          return bytes === 0 && this.#mayHideStartFailure(ended)
            ? {
                ...ended,
                durationMs,
                couldNotStart: await this.#startFailure(command, workingDirectory),
              }
            : { ...ended, durationMs };
        } catch (error) {
          throw (await this.#kill(guestProcess)) ? error : guestStuck(error);
        }
      },
    );
  }

  async #start(
    { argv, user }: GuestCommand,
    cwd: string,
    signal: AbortSignal,
  ): Promise<RunningProcess> {
    const { agent, environment, image } = this.#parts;
    const { volumes } = this;
    const [bin] = argv;
    try {
      return await agent.run({ bin, argv, env: environment, cwd, ...user }, { signal });
    } catch (error) {
      if (!(error instanceof AgentRequestError)) throw error;
      const command = { image, volumes, workingDirectory: cwd, program: bin };
      throw new CommandStartError(bin, cwd, error, await likelyStartFailure(command));
    }
  }

  #mayHideStartFailure({ exitCode }: ProcessEnd): boolean {
    return exitCode === COULD_NOT_START_EXIT_CODE && HIDING_PROFILES.includes(this.profile);
  }

  async #startFailure({ argv }: GuestCommand, workingDirectory: string): Promise<string> {
    const { image } = this.#parts;
    const { volumes } = this;
    const command = { image, volumes, workingDirectory, program: argv[0] };
    const reason = await likelyStartFailure(command);
    return reason ?? `nothing in the image explains it, so ${argv[0]} may itself have ended with 9`;
  }

  /** @returns false when the guest does not even answer this: it is of no use any more */
  async #kill(guestProcess: RunningProcess): Promise<boolean> {
    const { agent, signal } = this.#parts;
    // The whole VM is about to be ended.
    if (signal?.aborted) return true;
    try {
      await guestProcess.kill({ signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    } catch (error) {
      if (error instanceof GolemImageError) return true;
      agent.close();
      return false;
    }
    return true;
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
  volumeUsage(): Promise<VolumeUsage[]> {
    return this.#parts.storage.usage(this.#parts.signal);
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
    const { agent, signal } = this.#parts;
    try {
      return await agent.look(what, signal ? { signal } : {});
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
    return withDeadline(RESET_TIMEOUT_MS, parent, agentSilent, async (signal) => {
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
    });
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
    const { agent, signal: parent } = this.#parts;
    if (this.runtime.agent === "official") return undefined;
    return withDeadline(STATISTICS_TIMEOUT_MS, parent, agentSilent, async (signal) => {
      try {
        return await agent.statistics({ signal });
      } catch (error) {
        if (signal.aborted) agent.close();
        throw error;
      }
    });
  }
}

function guestStuck(error: unknown): unknown {
  if (!(error instanceof DeadlineError)) return error;
  return new DeadlineError(`${error.message} The guest does not answer any more.`, {
    hint: SHORT_OF_SOMETHING,
    cause: error,
  });
}

function agentSilent(): VmError {
  return new VmError(
    `The VM's guest agent did not answer within ${STATISTICS_TIMEOUT_MS / 1000} s.`,
    {
      hint: SHORT_OF_SOMETHING,
    },
  );
}

async function deliver(
  output: AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  for await (const chunk of output) await take(chunk);
}

async function withOptionalDeadline<T>(
  milliseconds: number | undefined,
  parents: readonly (AbortSignal | undefined)[],
  makeError: () => Error,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.any(parents.filter((parent) => parent !== undefined));
  signal.throwIfAborted();
  return milliseconds === undefined
    ? body(signal)
    : withDeadline(milliseconds, signal, makeError, body);
}

function commandTimedOut(argv: readonly string[], timeoutMs: number): DeadlineError {
  return new DeadlineError(
    `The command ${argv.map((word) => JSON.stringify(word)).join(" ")} did not end within ${timeoutMs / 1000} s and was killed.`,
    {
      hint: "Allow it more time (--timeout, or timeout: in golem-image.yml), or find what it waits for.",
    },
  );
}
