import { createServer, type Server, type Socket } from "node:net";

export interface ReceivedRequest {
  readonly id: bigint;
  readonly type: number;
  /** The whole message. */
  readonly frame: Buffer;
}

/**
 * A guest that does what a real one does not: it says whatever a test makes it say. It takes each chunk
 * for one request, so a test has to send one at a time.
 */
export class FakeAgent {
  readonly requests: ReceivedRequest[] = [];
  onRequest: (request: ReceivedRequest) => void = () => {};
  readonly #server: Server;
  #socket: Socket | undefined;

  private constructor(readonly socketPath: string) {
    this.#server = createServer((socket) => {
      this.#socket = socket;
      socket.on("error", () => {});
      socket.on("data", (frame) => {
        const request = { id: frame.readBigUInt64LE(0), type: frame.readUInt8(8), frame };
        this.requests.push(request);
        this.onRequest(request);
      });
    });
  }

  static async listen(socketPath: string): Promise<FakeAgent> {
    const agent = new FakeAgent(socketPath);
    await new Promise<void>((resolve) => agent.#server.listen(socketPath, resolve));
    return agent;
  }

  send(...frames: Buffer[]): void {
    this.#socket?.write(Buffer.concat(frames));
  }

  /** Ends the connection after what was sent, as the end of the VM does. */
  hangUp(): void {
    this.#socket?.end();
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function ok(id: bigint): Buffer {
  return header(id, 0);
}

export function number(id: bigint, value: bigint): Buffer {
  return Buffer.concat([header(id, 1), u64(value)]);
}

export function bytes(id: bigint, content: Buffer | string): Buffer {
  const data = Buffer.from(content);
  return Buffer.concat([header(id, 2), u64(BigInt(data.length)), data]);
}

export function error(id: bigint, errno: number): Buffer {
  return Buffer.concat([header(id, 3), u32(errno)]);
}

export function outputAvailable(process: bigint, fd: number): Buffer {
  return Buffer.concat([header(0n, 4), u64(process), u32(fd)]);
}

export function processDied(process: bigint, status: number, how: number): Buffer {
  return Buffer.concat([header(0n, 5), u64(process), Buffer.of(status, how)]);
}

export function header(id: bigint, type: number): Buffer {
  return Buffer.concat([u64(id), Buffer.of(type)]);
}

export function u64(value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return buffer;
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
