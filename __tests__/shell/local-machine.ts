import { spawn } from "node:child_process";
import { constants } from "node:os";
import { AgentRequestError } from "../../src/vm/agent/errors.ts";
import type { GuestCommand, GuestExit } from "../../src/vm/guest-command.ts";
import { CommandStartError } from "../../src/vm/guest-errors.ts";

/** Runs commands on this machine in place of a guest. */
export class LocalMachine {
  readonly volumes = [];
  readonly commands: GuestCommand[] = [];
  hasEnded = false;

  /** @param canStart whether a program can be started in a directory */
  constructor(
    readonly workingDirectory: string,
    readonly canStart: (program: string, directory: string) => boolean = () => true,
    readonly hidesStartErrors = false,
  ) {}

  isUsable(): boolean {
    return !this.hasEnded;
  }

  statistics(): never {
    throw new Error("a local machine has no statistics");
  }

  async run(command: GuestCommand): Promise<GuestExit> {
    this.commands.push(command);
    const [program, ...args] = command.argv;
    const cwd = command.directory ?? this.workingDirectory;
    if (!this.canStart(program, cwd)) {
      if (this.hidesStartErrors) return { exitCode: 9, durationMs: 0 };
      throw new CommandStartError(program, cwd, new AgentRequestError("running", 2));
    }
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, {
        cwd,
        env: {},
        stdio: ["ignore", "pipe", "pipe"],
        // Leads a process group of its own, as a guest's commands do.
        detached: true,
      });
      child.stdout.on("data", (chunk) => command.onOutput("stdout", chunk));
      child.stderr.on("data", (chunk) => command.onOutput("stderr", chunk));
      child.on("error", reject);
      child.on("close", (exitCode, signal) =>
        resolve({
          ...(signal === null
            ? { exitCode: exitCode ?? 0 }
            : { signal: constants.signals[signal] }),
          durationMs: 0,
        }),
      );
      const onAbort = () => {
        process.kill(-(child.pid ?? 0), "SIGKILL");
        reject(command.signal?.reason);
      };
      command.signal?.addEventListener("abort", onAbort, { once: true });
    });
  }
}
