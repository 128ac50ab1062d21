import type { Socket } from "node:net";
import { VmError } from "../../errors.ts";
import { type Answer, AnswerDecoder } from "./decode.ts";
import { encodeRequest, type RequestBody } from "./encode.ts";
import { protocolError } from "./errors.ts";

/** The longest content of one answer, in bytes; well above what any request here asks for. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export type Notification = Extract<Answer, { type: "output-available" | "process-died" }>;
export type Reply = Exclude<Answer, Notification>;

export interface ConnectionEvents {
  onNotification(notification: Notification): void;
  /** Called once, after every pending request has been rejected. */
  onClosed(): void;
}

interface PendingRequest {
  /** As a gerund, for messages: "mounting mnt0 at /data". */
  activity: string;
  accept: (reply: Reply) => void;
  reject: (error: unknown) => void;
}

/** Requests and answers over the agent's socket, matched by message id. */
export class Connection {
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  readonly #decoder = new AnswerDecoder(MAX_ANSWER_BYTES);
  readonly #pending = new Map<bigint, PendingRequest>();
  #lastId = 0n;
  /** Why the connection is over. */
  #ended: VmError | string | undefined;

  constructor(socket: Socket, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", (error) => this.#end(`The connection to the VM broke (${error.message})`));
    socket.on("close", () =>
      this.#end(this.#decoder.isInsideAnswer ? "The VM ended within an answer," : "The VM ended"),
    );
  }

  /**
   * Sends one request. `accept` turns its answer into the result at once, before anything that came
   * after the answer is looked at; what it throws is the request's failure.
   *
   * An aborted request may still be carried out by the guest: its answer then goes to `onLateAnswer`.
   *
   * @throws {VmError} when the VM ends before it has answered
   * @throws the abort reason
   */
  request<T>(
    activity: string,
    body: RequestBody,
    accept: (reply: Reply) => T,
    signal?: AbortSignal,
    onLateAnswer: (reply: Reply) => void = () => {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#ended !== undefined) throw this.endedWhile(activity);
      signal?.throwIfAborted();
      this.#lastId += 1n;
      const id = this.#lastId;
      const onAbort = () => {
        this.#pending.set(id, { activity, accept: onLateAnswer, reject: () => {} });
        reject(signal?.reason);
      };
      const settle = (finish: () => void) => {
        signal?.removeEventListener("abort", onAbort);
        finish();
      };
      this.#pending.set(id, {
        activity,
        accept: (reply) =>
          settle(() => {
            try {
              resolve(accept(reply));
            } catch (error) {
              reject(error);
            }
          }),
        reject: (error) => settle(() => reject(error)),
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#socket.write(encodeRequest(id, body));
    });
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  close(): void {
    this.#end("The connection to the VM was closed");
  }

  #receive(chunk: Buffer): void {
    if (this.#ended !== undefined) return;
    try {
      for (const answer of this.#decoder.push(chunk)) this.#dispatch(answer);
    } catch (error) {
      this.#end(error as VmError);
    }
  }

  #dispatch(answer: Answer): void {
    if (answer.type === "output-available" || answer.type === "process-died") {
      this.#events.onNotification(answer);
      return;
    }
    const pending = this.#pending.get(answer.id);
    if (!pending) throw protocolError(`an answer to request ${answer.id}, which was not asked`);
    this.#pending.delete(answer.id);
    pending.accept(answer);
  }

  #end(reason: VmError | string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#socket.destroy();
    for (const { activity, reject } of this.#pending.values()) reject(this.endedWhile(activity));
    this.#pending.clear();
    this.#events.onClosed();
  }

  /** The failure of something that the end of this connection interrupted. */
  endedWhile(activity: string): VmError {
    const reason = this.#ended;
    if (reason instanceof VmError) {
      return new VmError(reason.message, {
        hint: reason.hint,
        details: `While ${activity}.`,
        cause: reason,
      });
    }
    return new VmError(`${reason} while ${activity}.`);
  }
}
