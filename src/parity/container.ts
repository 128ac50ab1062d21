import { randomBytes } from "node:crypto";
import { access, constants } from "node:fs/promises";
import * as v from "valibot";
import { parseJson } from "../build/docker-engine.ts";
import { DeadlineError, ImageSourceError, VmError } from "../errors.ts";
import { tarStream } from "../squashfs/tar-stream.ts";
import { type Command, conventionalExitCode, runCommand } from "../system/run-command.ts";
import type { GuestFile, LookRequest } from "../vm/agent/look.ts";
import type { GuestCommand, GuestExit } from "../vm/guest-command.ts";
import type { Profile } from "../vm/profiles.ts";
import type { Volume } from "../vm/volume-files.ts";
import { readArchiveHead } from "./archive-head.ts";
import {
  configCommand,
  copyCommand,
  createCommand,
  execCommand,
  fillCommand,
  mountsCommand,
  removeCommand,
  startCommand,
} from "./docker-commands.ts";
import type { GuestMachine } from "./guest-machine.ts";
import { WAITING_PROGRAM, waitingProgram } from "./waiting-program.ts";

const CONTROL_TIMEOUT_MS = 60_000;

/** What the engine itself says when a command cannot start, in place of the command. */
const START_FAILURE =
  /OCI runtime exec failed|unable to start container process|executable file not found/;
const NOT_STARTED = new Set([126, 127, 128]);

/** The kernel's own file systems, of which the engine copies nothing. */
const KERNEL_PATH = /^\/(proc|sys)(\/|$)/;

const MountsSchema = v.array(v.object({ Destination: v.string(), Source: v.string() }));
const ConfigSchema = v.object({ User: v.nullish(v.string()) });

/** A container that does nothing, in which tests run what they would run in a VM. */
export class Container implements GuestMachine {
  readonly volumes: readonly Volume[];
  readonly signal: AbortSignal | undefined;
  readonly isOurs = true;
  readonly profile: Profile;
  readonly #name: string;

  private constructor(
    name: string,
    volumes: readonly Volume[],
    profile: Profile,
    signal: AbortSignal | undefined,
  ) {
    this.#name = name;
    this.volumes = volumes;
    this.profile = profile;
    this.signal = signal;
  }

  /**
   * Runs `body` with a new container of an image, and removes it and its volumes afterwards.
   *
   * @throws {VmError} when the engine cannot start it
   * @throws the abort reason
   */
  static async run<T>(
    image: string,
    { profile, signal }: { profile: Profile; signal?: AbortSignal | undefined },
    body: (container: Container) => Promise<T>,
  ): Promise<T> {
    const name = `golem-image-parity-${randomBytes(6).toString("hex")}`;
    try {
      await control(createCommand(image, name, WAITING_PROGRAM), signal);
      await control(fillCommand(name), signal, tarStream([waitingProgram()]));
      await control(startCommand(name), signal);
      const mounts = parseJson(MountsSchema, await control(mountsCommand(name), signal)) ?? [];
      const volumes = mounts.map(({ Destination, Source }) => ({
        guestPath: Destination,
        hostDirectory: Source,
      }));
      return await body(new Container(name, volumes, profile, signal));
    } finally {
      await runCommand(removeCommand(name), { timeoutMs: CONTROL_TIMEOUT_MS }).catch(() => {});
    }
  }

  /** Whether files can be put into its volumes: the engine's directories are root's, and may be elsewhere. */
  async hasReachableVolumes(): Promise<boolean> {
    const tries = this.volumes.map(({ hostDirectory }) =>
      access(hostDirectory, constants.R_OK | constants.W_OK | constants.X_OK),
    );
    return (await Promise.allSettled(tries)).every(({ status }) => status === "fulfilled");
  }

  async run(command: GuestCommand): Promise<GuestExit> {
    const started = performance.now();
    const signals = [this.signal, command.signal].filter((signal) => signal !== undefined);
    const result = await runCommand(execCommand(this.#name, command), {
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      ...(command.timeoutMs !== undefined && { timeoutMs: command.timeoutMs }),
    });
    if (result.timedOut) {
      throw new DeadlineError(
        `The command ${command.argv[0]} did not end within ${(command.timeoutMs ?? 0) / 1000} s.`,
      );
    }
    const exitCode = conventionalExitCode(result);
    const said = result.stdout + result.stderr;
    if (NOT_STARTED.has(exitCode) && START_FAILURE.test(said)) {
      throw new VmError(`Docker cannot start ${command.argv[0]}: ${reasonIn(said)}.`);
    }
    for (const stream of ["stdout", "stderr"] as const) {
      if (result[stream] !== "") await command.onOutput(stream, Buffer.from(result[stream]));
    }
    return { exitCode, durationMs: Math.round(performance.now() - started) };
  }

  async look(what: LookRequest): Promise<GuestFile | undefined> {
    if (KERNEL_PATH.test(what.path)) return this.#readKernelFile(what);
    return readArchiveHead(copyCommand(this.#name, what.path, what.follow), what);
  }

  isUsable(): boolean {
    return !this.signal?.aborted;
  }

  async #readKernelFile({ path, offset, length }: LookRequest): Promise<GuestFile | undefined> {
    const script = 'while IFS= read -r line; do printf "%s\\n" "$line"; done < "$1"';
    const command = { argv: ["/bin/sh", "-c", script, "sh", path] as const, user: ROOT };
    const { exitCode, stdout } = await runCommand(execCommand(this.#name, command), {
      timeoutMs: CONTROL_TIMEOUT_MS,
    });
    if (exitCode !== 0) return undefined;
    const content = Buffer.from(stdout).subarray(offset, offset + length);
    return { mode: 0o100444, uid: 0, gid: 0, size: 0, content };
  }
}

const ROOT = { uid: 0, gid: 0 };

/**
 * The USER of an image of the Docker engine; empty for root.
 *
 * @throws {ImageSourceError} when the engine has no such image
 */
export async function userOf(image: string, signal?: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(configCommand(image), {
    timeoutMs: CONTROL_TIMEOUT_MS,
    ...(signal && { signal }),
  });
  if (exitCode !== 0) {
    throw new ImageSourceError(`The Docker engine has no image ${image}.`, {
      hint: "Build or load the image that the .gvmi was made of; `docker image ls` lists what is there.",
      details: stderr.trim(),
    });
  }
  return parseJson(ConfigSchema, stdout)?.User ?? "";
}

async function control(
  command: Command,
  signal: AbortSignal | undefined,
  input?: AsyncIterable<Uint8Array>,
): Promise<string> {
  const result = await runCommand(command, {
    timeoutMs: CONTROL_TIMEOUT_MS,
    ...(signal && { signal }),
    ...(input && { input }),
  });
  if (result.exitCode === 0) return result.stdout;
  throw new VmError(`Docker cannot start a container of the image: ${reasonIn(result.stderr)}.`, {
    hint: "See that `docker run` starts one, as the image's USER; a container of x86-64 is needed.",
  });
}

/** The last part of what the engine says, which has the reason. */
function reasonIn(text: string): string {
  const [line = ""] = text.split("\n").filter((candidate) => candidate.trim() !== "");
  const parts = line.split(": ");
  return (
    parts.slice(-3).join(": ").trim().replace(/\.$/, "").slice(0, 300) || "it does not say why"
  );
}
