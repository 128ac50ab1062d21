import { GolemImageError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import type { AgentClient, ProcessEnd, RunningProcess } from "./agent/client.ts";
import { AgentRequestError } from "./agent/errors.ts";
import type { GuestCommand, GuestExit, OutputStream } from "./guest-command.ts";
import { CommandStartError, commandTimedOut, guestStuck } from "./guest-errors.ts";
import { likelyStartFailure } from "./image/start-failure.ts";
import type { Profile } from "./profiles.ts";
import type { Volume } from "./volume-files.ts";

/** How the runtimes since 0.4 report a command that could not start: this code, and no output. */
const COULD_NOT_START_EXIT_CODE = 9;
const HIDING_PROFILES: readonly Profile[] = ["v0.4", "v0.5"];

/** An agent that is alive answers within a fraction of this. */
const KILL_TIMEOUT_MS = 3_000;

/** Where commands run: a guest, and what is known of its image. */
export interface CommandPlace {
  readonly agent: AgentClient;
  readonly profile: Profile;
  readonly volumes: readonly Volume[];
  /** Path of the image. */
  readonly image: string;
  readonly workingDirectory: string;
  readonly environment: readonly string[];
  /** Aborted when the whole run is to end. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs one command as a provider does: as root, in the image's working directory, stdin empty.
 *
 * @throws {DeadlineError} when the command has not ended in time; it is killed
 * @throws {CommandStartError} when the guest cannot start it and its profile says so
 * @throws {VmError} when the VM ends
 */
export async function runGuestCommand(
  command: GuestCommand,
  place: CommandPlace,
): Promise<GuestExit> {
  const directory = command.directory ?? place.workingDirectory;
  const started = performance.now();
  const { timeoutMs } = command;
  return withOptionalDeadline(
    timeoutMs,
    [place.signal, command.signal],
    () => commandTimedOut(command.argv, timeoutMs ?? 0),
    async (signal) => {
      const guestProcess = await start(command, directory, place, signal);
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
        const exit = { ...ended, durationMs: Math.round(performance.now() - started) };
        if (bytes > 0 || !mayHideStartFailure(ended, place.profile)) return exit;
        return { ...exit, couldNotStart: await startFailure(command, directory, place) };
      } catch (error) {
        throw (await kill(guestProcess, place)) ? error : guestStuck(error);
      }
    },
  );
}

async function start(
  command: GuestCommand,
  directory: string,
  place: CommandPlace,
  signal: AbortSignal,
): Promise<RunningProcess> {
  const { argv, user } = command;
  const [bin] = argv;
  try {
    const process = { bin, argv, env: place.environment, cwd: directory, ...user };
    return await place.agent.run(process, { signal });
  } catch (error) {
    if (!(error instanceof AgentRequestError)) throw error;
    throw new CommandStartError(bin, directory, error, await likelyReason(bin, directory, place));
  }
}

function likelyReason(
  program: string,
  workingDirectory: string,
  { image, volumes }: CommandPlace,
): Promise<string | undefined> {
  return likelyStartFailure({ image, volumes, workingDirectory, program });
}

function mayHideStartFailure({ exitCode }: ProcessEnd, profile: Profile): boolean {
  return exitCode === COULD_NOT_START_EXIT_CODE && HIDING_PROFILES.includes(profile);
}

async function startFailure(
  { argv }: GuestCommand,
  directory: string,
  place: CommandPlace,
): Promise<string> {
  const reason = await likelyReason(argv[0], directory, place);
  return reason ?? `nothing in the image explains it, so ${argv[0]} may itself have ended with 9`;
}

/** @returns false when the guest does not even answer this: it is of no use any more */
async function kill(
  guestProcess: RunningProcess,
  { agent, signal }: CommandPlace,
): Promise<boolean> {
  // The whole VM is about to be ended.
  if (signal?.aborted) return true;
  try {
    await guestProcess.kill({ signal: AbortSignal.timeout(KILL_TIMEOUT_MS) });
  } catch (error) {
    if (error instanceof GolemImageError) return true;
    agent.close();
    return false;
  }
  return true;
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
