import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { MissingToolError } from "../../src/errors.ts";
import { runCommand } from "../../src/system/run-command.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 200;

/** A Docker engine. */
export interface DockerEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** The engine's own process. */
  readonly pid: number;
  /** The control group of its containers, as in /proc/PID/cgroup. */
  readonly controlGroup: string;
}

/**
 * Runs `body` with a Docker engine that shares nothing with another one on this machine: state, socket and
 * process are its own, and it leaves the network alone.
 *
 * @throws {MissingToolError} when dockerd is not installed or does not start
 */
export async function withDockerEngine(
  directory: string,
  body: (engine: DockerEngine) => Promise<void>,
): Promise<void> {
  if (process.getuid?.() !== 0) throw new MissingToolError("dockerd needs root.");
  await mkdir(directory, { recursive: true });
  const socket = join(directory, "docker.sock");
  const controlGroup = `/golem-image-bench-${process.pid}`;
  const child = spawn(
    "dockerd",
    [
      ...["--host", `unix://${socket}`, "--pidfile", join(directory, "docker.pid")],
      ...["--data-root", join(directory, "data"), "--exec-root", join(directory, "exec")],
      ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false"],
      ...["--cgroup-parent", controlGroup],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const log = createWriteStream(join(directory, "dockerd.log"));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(new MissingToolError("Cannot run dockerd.", { cause })));
    child.once("exit", (code) => reject(new MissingToolError(`dockerd ended (${code}).`)));
  });
  // It also ends after `body`, when nobody waits for it.
  failure.catch(() => {});
  try {
    const host = `unix://${socket}`;
    await Promise.race([untilItAnswers(host), failure]);
    await body({ host, pid: child.pid ?? 0, controlGroup });
  } finally {
    await stop(child);
    log.end();
    await rm(socket, { force: true });
  }
}

async function untilItAnswers(host: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const command = { program: "docker", args: ["version"], environment: { DOCKER_HOST: host } };
  while ((await runCommand(command)).exitCode !== 0) {
    if (Date.now() > deadline) throw new MissingToolError("dockerd does not answer.");
    await setTimeout(POLL_MS);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = globalThis.setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
