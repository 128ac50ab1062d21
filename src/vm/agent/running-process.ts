import { VmError } from "../../errors.ts";
import type { Connection, Notification } from "./connection.ts";
import { encodeKillProcess, encodeQueryOutput } from "./encode.ts";
import { protocolError } from "./errors.ts";
import { ESRCH } from "./linux-numbers.ts";
import { ProcessOutput, type QueryResult } from "./process-output.ts";
import { Death, STDERR, STDOUT } from "./protocol.ts";
import { expectBytes, expectOk } from "./replies.ts";

/** How a process in the guest ended: exactly one of `exitCode` and `signal` is set. */
export interface ProcessEnd {
  readonly exitCode?: number;
  /** The number of the signal that killed it (`signalName` names it). */
  readonly signal?: number;
  readonly coreDumped?: boolean;
}

export interface ProcessOptions {
  readonly bin: string;
  /** Bytes of the agent's buffer for each output. */
  readonly pipeSize: number;
  /** Kills the process when aborted. */
  readonly signal: AbortSignal | undefined;
  /** Called when nothing more is to be heard of the process. */
  readonly onFinished: () => void;
}

/** A process in the guest that RUN_PROCESS started. */
export class RunningProcess {
  /** Both are to be consumed at the same time: a process with a full pipe waits. */
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  /** Settles as soon as the process itself has ended, whether or not its output has been taken. */
  readonly ended: Promise<ProcessEnd>;
  /** What was run, for messages. */
  readonly bin: string;
  readonly #connection: Connection;
  readonly #options: ProcessOptions;
  #hasEnded = false;
  #openOutputs = 2;
  #resolveEnd: (end: ProcessEnd) => void = () => {};
  #rejectEnd: (error: unknown) => void = () => {};
  readonly #onAbort = () => {
    this.fail(this.#options.signal?.reason);
    this.kill().catch(() => {});
  };

  /** @param id the guest agent's number for it, not its process id */
  constructor(
    connection: Connection,
    readonly id: bigint,
    options: ProcessOptions,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.bin = options.bin;
    this.stdout = this.#output(STDOUT);
    this.stderr = this.#output(STDERR);
    this.ended = new Promise((resolve, reject) => {
      this.#resolveEnd = resolve;
      this.#rejectEnd = reject;
    });
    // Whoever awaits it meets the failure; one that nobody awaits is not a crash.
    this.ended.catch(() => {});
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /**
   * Kills the process, and with our own agent all of its process group (SIGKILL). One that has ended
   * already is left alone.
   *
   * @throws {VmError} when the VM ends before it has answered
   */
  async kill(options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.#hasEnded) return;
    const activity = `killing ${this.bin}`;
    await this.#connection.request(
      activity,
      encodeKillProcess(this.id),
      (reply) => {
        // It ended while the request was on its way.
        if (reply.type !== "error" || reply.errno !== ESRCH) expectOk(activity)(reply);
      },
      options.signal,
    );
  }

  /** For the client: what the guest says about this process. */
  onNotification(notification: Notification): void {
    if (notification.type === "output-available") {
      if (notification.fd === STDOUT) this.stdout.outputAvailable();
      if (notification.fd === STDERR) this.stderr.outputAvailable();
      return;
    }
    this.#hasEnded = true;
    const { status, how } = notification;
    this.#resolveEnd(
      how === Death.exited
        ? { exitCode: status }
        : { signal: status, coreDumped: how === Death.dumpedCore },
    );
    this.stdout.processEnded();
    this.stderr.processEnded();
  }

  /** For the client: nothing more will be heard of this process. */
  fail(error: unknown = new VmError(`Lost the process ${this.bin}.`)): void {
    this.#rejectEnd(error);
    this.stdout.fail(error);
    this.stderr.fail(error);
  }

  async #query(fd: number): Promise<QueryResult> {
    const { pipeSize, signal } = this.#options;
    // One byte less than a full buffer: the official agent forgets a process that has ended as soon as its buffers are
    // empty, and what is still in the pipes behind them with it.
    const length = pipeSize - 1;
    const activity = `reading the output of ${this.bin}`;
    const result = await this.#connection.request<QueryResult>(
      activity,
      encodeQueryOutput(this.id, fd, length),
      (reply) => {
        const isForgotten = reply.type === "error" && reply.errno === ESRCH;
        return isForgotten ? "forgotten" : expectBytes(activity)(reply);
      },
      signal,
    );
    if (result === "forgotten") this.#onForgotten();
    else if (result.length > length) throw protocolError("more output than was asked for");
    return result;
  }

  #onForgotten(): void {
    this.stdout.processForgotten();
    this.stderr.processForgotten();
    this.#finish();
  }

  #output(fd: number): ProcessOutput {
    const onEnd = () => {
      this.#openOutputs -= 1;
      if (this.#openOutputs === 0) this.#finish();
    };
    return new ProcessOutput(() => this.#query(fd), this.#options.pipeSize, onEnd);
  }

  #finish(): void {
    // A process that closed its outputs lives on.
    if (!this.#hasEnded) return;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#options.onFinished();
  }
}
