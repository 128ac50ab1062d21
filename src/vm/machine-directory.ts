import { tmpdir } from "node:os";
import { withTemporaryDirectory } from "../system/temporary.ts";

/** A Unix socket's path holds 107 bytes (unix(7)); ours needs 20 below its parent. */
const MAX_SOCKET_PARENT_BYTES = 80;

/** Runs `body` with a private directory for a VM's sockets, console and volumes, and removes it. */
export async function withMachineDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const parent = Buffer.byteLength(tmpdir()) > MAX_SOCKET_PARENT_BYTES ? "/tmp" : tmpdir();
  return withTemporaryDirectory(body, parent);
}
