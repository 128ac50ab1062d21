import { createConnection, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { VmError } from "../../errors.ts";

/** Milliseconds between attempts while the VM has not made its socket yet. */
const CONNECT_INTERVAL_MS = 20;

/** unix(7): sun_path holds 108 bytes with its final NUL. */
const MAX_SOCKET_PATH_BYTES = 107;

/**
 * Connects to the socket that QEMU makes for the agent's port, waiting until it is there.
 *
 * @throws {VmError} when the socket cannot be used at all
 * @throws the abort reason
 */
export async function connectSocket(path: string, signal: AbortSignal): Promise<Socket> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES) {
    throw new VmError(
      `Cannot connect to the VM: the socket path ${path} is longer than ${MAX_SOCKET_PATH_BYTES} bytes.`,
      { hint: "Set TMPDIR to a shorter path." },
    );
  }
  for (;;) {
    signal.throwIfAborted();
    const socket = await tryToConnect(path);
    if (socket && !signal.aborted) return socket;
    socket?.destroy();
    await delay(CONNECT_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** Undefined when nobody listens there yet. */
function tryToConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (["ENOENT", "ECONNREFUSED", "EAGAIN"].includes(error.code ?? "")) resolve(undefined);
      else
        reject(
          new VmError(`Cannot connect to the VM at ${path}: ${error.message}.`, { cause: error }),
        );
    });
  });
}
