import { createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { VmError } from "../../errors.ts";
import { encodeFrame, FrameReader } from "./frame-stream.ts";

/** What waits for a QEMU that does not read; beyond it frames are lost, as on any Ethernet. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export interface FrameListenerEvents {
  readonly onFrame?: (frame: Buffer) => void;
  /** QEMU has gone, or what it sends is not frames. */
  readonly onEnd?: () => void;
}

/**
 * Our end of a connection that carries Ethernet frames: listens, lets one QEMU in, and then nobody else.
 */
export class FrameListener {
  readonly #server: Server;
  readonly #events: FrameListenerEvents;
  #socket: Socket | undefined;

  private constructor(server: Server, events: FrameListenerEvents) {
    this.#server = server;
    this.#events = events;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** @throws {VmError} when nothing can listen there */
  static async listen(
    where: Pick<ListenOptions, "path" | "host" | "port">,
    events: FrameListenerEvents = {},
  ): Promise<FrameListener> {
    const server = createServer();
    const listener = new FrameListener(server, events);
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) =>
        reject(
          new VmError(`Cannot listen for the VM's network: ${error.message}.`, { cause: error }),
        ),
      );
      server.listen({ ...where, backlog: 1 }, resolve);
    });
    return listener;
  }

  /** The TCP port, of a listener on one. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Without a connection, or when too much waits already, the frame is lost. */
  send(frame: Uint8Array): void {
    const socket = this.#socket;
    if (!socket || socket.destroyed || socket.writableLength > MAX_QUEUED_BYTES) return;
    socket.write(encodeFrame(frame));
  }

  close(): void {
    this.#server.close();
    this.#socket?.destroy();
  }

  #accept(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    this.#server.close();
    const reader = new FrameReader();
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) this.#events.onFrame?.(frame);
      } catch {
        // Only a QEMU that was taken over sends such: it is cut off.
        socket.destroy();
      }
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#events.onEnd?.());
  }
}
