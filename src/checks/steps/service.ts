import { setTimeout as delay } from "node:timers/promises";
import { asClause, DeadlineError, VmError } from "../../errors.ts";
import { compilePattern } from "../../settings/patterns.ts";
import type { ReadySettings } from "../../settings/test-settings.ts";
import type { GuestExit } from "../../vm/guest-command.ts";
import type { VirtualMachine } from "../../vm/virtual-machine.ts";
import { conventionalGuestExitCode, describeStartFailure } from "../judge.ts";
import type { StepResult } from "../test-result.ts";
import { isListening } from "./listening-ports.ts";
import { ServiceOutput } from "./service-output.ts";

export interface ServiceOptions {
  readonly machine: VirtualMachine;
  readonly argv: readonly [string, ...string[]];
  readonly name: string;
  readonly instance?: string | undefined;
  /** Bytes that are kept of each stream. */
  readonly outputLimitBytes: number;
}

/** Between looks at a port or a file. */
const LOOK_INTERVAL_MS = 50;

/** A command that is left running in the guest while a test goes on. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #output: ServiceOutput;
  readonly #stop = new AbortController();
  readonly #started = performance.now();
  /** Settles when it ended by itself, or was stopped; with why it could not start. */
  readonly #ended: Promise<void>;
  #exit: GuestExit | undefined;
  #problem: string | undefined;
  #hasEnded = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#output = new ServiceOutput(options.outputLimitBytes);
    this.#ended = this.#run();
  }

  /**
   * Waits until the service is ready.
   *
   * @returns what is wrong: it ended before, or was not ready in time
   * @throws {VmError} when the VM ends
   */
  async waitUntilReady(until: ReadySettings, timeoutMs: number): Promise<string[]> {
    const isReady = await this.#readiness(until);
    const what = describeReadiness(until);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.#throwFailure();
      if (await isReady()) return [];
      if (this.#hasEnded) {
        // What it printed last may have been what was waited for.
        if (await isReady()) return [];
        return [`the service ${this.#options.name} ${this.#describeEnd()} before ${what}`];
      }
      const left = deadline - performance.now();
      if (left <= 0) {
        return [
          `the service ${this.#options.name} was not ready within ${timeoutMs / 1000} s: still waiting until ${what}`,
        ];
      }
      await Promise.race([
        this.#ended,
        this.#output.changed(),
        delay(Math.min(left, LOOK_INTERVAL_MS)),
      ]);
    }
  }

  /** How it ended, when it did so by itself and not well. */
  endProblem(): string | undefined {
    const isWell = !this.#hasEnded || this.#stop.signal.aborted || this.#exit?.exitCode === 0;
    return isWell ? undefined : `the service ${this.#options.name} ${this.#describeEnd()}`;
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    return !this.#hasEnded;
  }

  /** Waits until it ends, but not longer than this. */
  async waitForEnd(milliseconds: number): Promise<void> {
    // A timer that is left would keep the process from ending.
    const done = new AbortController();
    const passed = delay(milliseconds, undefined, { signal: done.signal }).catch(() => {});
    await Promise.race([this.#ended, passed]);
    done.abort();
  }

  /** Kills it when it still runs, and tells what it did. */
  async stop(): Promise<void> {
    this.#stop.abort(new VmError("The service was stopped."));
    await this.#ended;
  }

  /** What it did so far. */
  result(problems: readonly string[]): StepResult {
    const { name, argv, instance } = this.#options;
    return {
      name,
      ...(instance !== undefined && { instance }),
      command: argv,
      exitCode: this.#exit ? conventionalGuestExitCode(this.#exit) : null,
      stdout: this.#output.text("stdout"),
      stderr: this.#output.text("stderr"),
      durationMs: Math.round(performance.now() - this.#started),
      message: problems.join("; "),
    };
  }

  async #run(): Promise<void> {
    const { machine, argv } = this.#options;
    try {
      this.#exit = await machine.run({
        argv,
        signal: this.#stop.signal,
        onOutput: (stream, chunk) => this.#output.append(stream, chunk),
      });
    } catch (error) {
      const isOwn = error instanceof VmError || error instanceof DeadlineError;
      if (!this.#stop.signal.aborted && !(isOwn && machine.isUsable())) this.#failure = { error };
      this.#problem = error instanceof Error ? asClause(error) : String(error);
    } finally {
      this.#hasEnded = true;
    }
  }

  async #readiness(until: ReadySettings): Promise<() => boolean | Promise<boolean>> {
    const { machine } = this.#options;
    if (until.log !== undefined) {
      const pattern = await compilePattern(until.log);
      return () => this.#output.matches(pattern);
    }
    if (until.port !== undefined) {
      const { port } = until;
      return () => isListening(machine, port);
    }
    const path = until.file ?? "";
    return async () =>
      (await machine.look({ path, follow: true, offset: 0, length: 0 })) !== undefined;
  }

  #describeEnd(): string {
    const exit = this.#exit;
    if (exit === undefined) return `could not start: ${this.#problem}`;
    if (exit.couldNotStart !== undefined) return describeStartFailure(exit.couldNotStart);
    if (exit.signal !== undefined) return `was killed by signal ${exit.signal}`;
    const said = this.#output.lastLine();
    return `ended with exit code ${exit.exitCode}${said === "" ? "" : ` (it said last: ${JSON.stringify(said)})`}`;
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function describeReadiness({ log, port, file }: ReadySettings): string {
  if (log !== undefined) return `it printed what matches /${log}/`;
  return port === undefined ? `${file} was there` : `it listened on port ${port}`;
}
