import type { Socket } from "node:net";
import { Connection, type Notification, type Reply } from "./connection.ts";
import {
  type CommandToRun,
  encodeGuestStatistics,
  encodeLook,
  encodeMountVolume,
  encodeNetCtl,
  encodeNetHost,
  encodeQueryOutput,
  encodeQuit,
  encodeReset,
  encodeRunProcess,
  type HostEntry,
  type NetworkSettings,
} from "./encode.ts";
import { protocolError } from "./errors.ts";
import { type GuestFile, type LookRequest, parseGuestFile } from "./look.ts";
import { expectBytes, expectNumber, expectOk } from "./replies.ts";
import { RunningProcess } from "./running-process.ts";
import { connectSocket } from "./socket.ts";
import { type GuestStatistics, parseStatistics } from "./statistics.ts";

export type { CommandToRun, HostEntry, NetworkSettings } from "./encode.ts";
export type { GuestFile, LookRequest } from "./look.ts";
export type { ProcessEnd, RunningProcess } from "./running-process.ts";
export type { GuestStatistics } from "./statistics.ts";

/** Bytes of each output pipe's buffer in the guest, and so of the largest answer. */
const DEFAULT_PIPE_SIZE = 64 * 1024;

/** Notifications about processes whose RUN_PROCESS answer has not come yet; real guests send a few at most. */
const MAX_EARLY_NOTIFICATIONS = 1000;

/** An id that no guest gives to a process: they count from the bottom. */
const NO_PROCESS = 2n ** 63n - 1n;

export interface RequestOptions {
  /** Ends the wait: the call rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface RunOptions {
  /** When aborted, the process is killed, and its end and its output reject with the signal's reason. */
  signal?: AbortSignal;
  /** Bytes of each output pipe's buffer in the guest, a positive multiple of 4096. */
  pipeSize?: number;
}

/**
 * The host's side of the guest agent's protocol. Requests may be made at the same time.
 * Every method throws {AgentRequestError} when the guest refuses, {VmError} when the VM ends, and the
 * abort reason of its signal.
 */
export class AgentClient {
  readonly #connection: Connection;
  readonly #processes = new Map<bigint, RunningProcess>();
  #startsUnderWay = 0;
  #earlyNotifications: Notification[] = [];

  private constructor(socket: Socket) {
    this.#connection = new Connection(socket, {
      onNotification: (notification) => this.#onNotification(notification),
      onClosed: () => this.#onClosed(),
    });
  }

  /**
   * Connects to the agent's Unix socket, waiting until QEMU has made it. That works before the guest
   * is up; its first answer is the sign that it is.
   */
  static async connect(socketPath: string, options: { signal: AbortSignal }): Promise<AgentClient> {
    return new AgentClient(await connectSocket(socketPath, options.signal));
  }

  /**
   * Resolves when the guest answers at all. It is asked for the output of a process that does not exist:
   * every runtime's agent implements that request, answers ESRCH, and changes nothing by it.
   */
  async waitUntilReady(options: RequestOptions = {}): Promise<void> {
    const body = encodeQueryOutput(NO_PROCESS, 1, 1);
    await this.#connection.request("asking whether it is ready", body, () => {}, options.signal);
  }

  /** Mounts the shared directory `tag` at the absolute `path`, which is made when missing. */
  async mountVolume(tag: string, path: string, options: RequestOptions = {}): Promise<void> {
    const activity = `mounting the volume ${tag} at ${path}`;
    const body = encodeMountVolume(tag, path);
    await this.#connection.request(activity, body, expectOk(activity), options.signal);
  }

  /** Starts a command with an empty stdin. The result is there as soon as the guest says that it started. */
  async run(command: CommandToRun, options: RunOptions = {}): Promise<RunningProcess> {
    const activity = `running ${command.bin}`;
    const pipeSize = options.pipeSize ?? DEFAULT_PIPE_SIZE;
    const body = encodeRunProcess(command, pipeSize);
    const register = (id: bigint, signal?: AbortSignal): RunningProcess => {
      const started = new RunningProcess(this.#connection, id, {
        bin: command.bin,
        pipeSize,
        signal,
        onFinished: () => this.#processes.delete(id),
      });
      this.#register(started);
      return started;
    };
    options.signal?.throwIfAborted();
    this.#startsUnderWay += 1;
    return this.#connection.request(
      activity,
      body,
      (reply) => {
        this.#onStartAnswered(reply);
        return register(expectNumber(activity)(reply), options.signal);
      },
      options.signal,
      (reply) => {
        this.#onStartAnswered(reply);
        // Nobody waits for it any more.
        if (reply.type === "number")
          register(reply.value)
            .kill()
            .catch(() => {});
      },
    );
  }

  /** Configures a network interface of the guest. */
  async netCtl(settings: NetworkSettings, options: RequestOptions = {}): Promise<void> {
    const activity = `configuring the ${settings.interface} network`;
    const body = encodeNetCtl(settings);
    await this.#connection.request(activity, body, expectOk(activity), options.signal);
  }

  /** Adds lines to the guest's /etc/hosts. */
  async netHost(entries: readonly HostEntry[], options: RequestOptions = {}): Promise<void> {
    const activity = "adding host names";
    const body = encodeNetHost(entries);
    await this.#connection.request(activity, body, expectOk(activity), options.signal);
  }

  /** What the guest uses. Only with our own agent: the official one dies of this request. */
  async statistics(options: RequestOptions = {}): Promise<GuestStatistics> {
    const activity = "asking for the guest's statistics";
    const body = encodeGuestStatistics();
    const accept = expectBytes(activity);
    return this.#connection.request(
      activity,
      body,
      (reply) => parseStatistics(accept(reply)),
      options.signal,
    );
  }

  /**
   * Takes the guest back to the state after its boot: all processes killed, an empty overlay and /tmp, nothing of
   * what commands mounted, volumes unmounted. When it refuses, something is left that it cannot undo, and the VM is
   * of no use any more. Only with our own agent.
   */
  async reset(options: RequestOptions = {}): Promise<void> {
    const activity = "resetting the guest";
    await this.#connection.request(activity, encodeReset(), expectOk(activity), options.signal);
    for (const process of this.#processes.values()) process.fail();
    this.#processes.clear();
  }

  /** What there is at a path of the guest, without running anything in it. Only with our own agent. */
  async look(what: LookRequest, options: RequestOptions = {}): Promise<GuestFile> {
    const activity = `looking at ${what.path}`;
    const accept = expectBytes(activity);
    return this.#connection.request(
      activity,
      encodeLook(what),
      (reply) => parseGuestFile(accept(reply)),
      options.signal,
    );
  }

  /** Tells the guest to power off. Resolves when it has agreed; QEMU ends soon after. */
  async quit(options: RequestOptions = {}): Promise<void> {
    const activity = "shutting down";
    await this.#connection.request(activity, encodeQuit(), expectOk(activity), options.signal);
  }

  /** False once the VM or this end has closed the connection. */
  get isConnected(): boolean {
    return !this.#connection.hasEnded;
  }

  /** Ends the connection; what is pending rejects. The VM goes on. */
  close(): void {
    this.#connection.close();
  }

  #onStartAnswered(reply: Reply): void {
    this.#startsUnderWay -= 1;
    if (reply.type !== "number" && this.#startsUnderWay === 0) this.#earlyNotifications = [];
  }

  #register(process: RunningProcess): void {
    this.#processes.set(process.id, process);
    const early = this.#earlyNotifications;
    this.#earlyNotifications = [];
    for (const notification of early) this.#onNotification(notification);
  }

  #onNotification(notification: Notification): void {
    const process = this.#processes.get(notification.process);
    if (process) {
      process.onNotification(notification);
      return;
    }
    // It is from before this connection, or its RUN_PROCESS answer is still to come.
    if (this.#startsUnderWay === 0) return;
    if (this.#earlyNotifications.length >= MAX_EARLY_NOTIFICATIONS) {
      throw protocolError("too many notifications about processes that were not started");
    }
    this.#earlyNotifications.push(notification);
  }

  #onClosed(): void {
    for (const process of this.#processes.values()) {
      process.fail(this.#connection.endedWhile(`running ${process.bin}`));
    }
    this.#processes.clear();
  }
}
