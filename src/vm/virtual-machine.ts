import { DeadlineError, VmError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import type { AgentClient } from "./agent/client.ts";
import { AgentRequestError } from "./agent/errors.ts";
import type { Profile } from "./profiles.ts";
import type { AcceleratorChoice } from "./qemu/accelerator.ts";
import type { Volume } from "./volume-files.ts";

export type OutputStream = "stdout" | "stderr";

export interface GuestCommand {
  /** The first word is the absolute path of a program in the guest: there is no PATH search. */
  readonly argv: readonly [string, ...string[]];
  /** Milliseconds; no limit when absent. */
  readonly timeoutMs?: number;
  /** An absolute path in the guest; the image's working directory when absent. */
  readonly directory?: string;
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
}

/** The guest runs, but cannot start a command. */
export class CommandStartError extends VmError {
  constructor(program: string, workingDirectory: string, cause: AgentRequestError) {
    super(`The VM cannot start ${program} in ${workingDirectory}: ${cause.reason}.`, {
      hint: "Give the absolute path of a program that the image has (there is no PATH search), and see that WORKDIR exists and is not below a VOLUME.",
      cause,
    });
  }
}

interface Parts {
  agent: AgentClient;
  profile: Profile;
  acceleratorChoice: AcceleratorChoice;
  readyMs: number;
  volumes: readonly Volume[];
  workingDirectory: string;
  environment: readonly string[];
  signal?: AbortSignal;
}

/** A booted VM whose volumes are mounted. */
export class VirtualMachine {
  readonly profile: Profile;
  readonly acceleratorChoice: AcceleratorChoice;
  /** Milliseconds from QEMU's start until the guest agent had mounted the volumes. */
  readonly readyMs: number;
  readonly volumes: readonly Volume[];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.profile = parts.profile;
    this.acceleratorChoice = parts.acceleratorChoice;
    this.readyMs = parts.readyMs;
    this.volumes = parts.volumes;
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
    const { agent, environment } = this.#parts;
    const workingDirectory = command.directory ?? this.#parts.workingDirectory;
    const started = performance.now();
    const { timeoutMs } = command;
    return withOptionalDeadline(
      timeoutMs,
      [this.#parts.signal, command.signal],
      () => commandTimedOut(command.argv, timeoutMs ?? 0),
      async (signal) => {
        const [bin] = command.argv;
        const guestProcess = await agent
          .run({ bin, argv: command.argv, env: environment, cwd: workingDirectory }, { signal })
          .catch((error) => {
            throw error instanceof AgentRequestError
              ? new CommandStartError(bin, workingDirectory, error)
              : error;
          });
        try {
          const [ended] = await Promise.all([
            guestProcess.ended,
            deliver(guestProcess.stdout, (chunk) => command.onOutput("stdout", chunk)),
            deliver(guestProcess.stderr, (chunk) => command.onOutput("stderr", chunk)),
          ]);
          return { ...ended, durationMs: Math.round(performance.now() - started) };
        } catch (error) {
          await guestProcess.kill().catch(() => {});
          throw error;
        }
      },
    );
  }

  /** False once the VM has ended or the run was interrupted: no further command can run. */
  isUsable(): boolean {
    return this.#parts.agent.isConnected && !this.#parts.signal?.aborted;
  }

  /** What the guest uses of its memory, overlay and /tmp right now. */
  statistics() {
    return this.#parts.agent.statistics({ signal: this.#parts.signal });
  }
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
