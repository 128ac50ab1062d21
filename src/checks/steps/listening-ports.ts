import { DeadlineError, VmError } from "../../errors.ts";
import { LimitedBuffer } from "../../system/limited-buffer.ts";
import type { GuestExit } from "../../vm/guest-command.ts";
import type { VirtualMachine } from "../../vm/virtual-machine.ts";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"] as const;
const MAX_TABLE_BYTES = 1024 * 1024;

/** It takes milliseconds. */
const CAT_TIMEOUT_MS = 5_000;

/** `st` of a socket that waits for connections (include/net/tcp_states.h of Linux). */
const LISTEN = "0A";

/** 127.0.0.1 and ::1 as these tables have them: nobody else reaches what listens there. */
const LOOPBACK = /^(0100007F|0{24}01000000)$/;

/** Whether something in the guest waits for TCP connections that come from elsewhere. */
export async function isListening(machine: VirtualMachine, port: number): Promise<boolean> {
  for (const path of TABLES) {
    if (listensIn(await readTable(machine, path), port)) return true;
  }
  return false;
}

/**
 * @param table as /proc/net/tcp has it: `sl local_address rem_address st ...`, numbers in hexadecimal
 * @see https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
 */
export function listensIn(table: string, port: number): boolean {
  return table.split("\n").some((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address = "", localPort = ""] = local.split(":");
    return state === LISTEN && Number.parseInt(localPort, 16) === port && !LOOPBACK.test(address);
  });
}

async function readTable(machine: VirtualMachine, path: string): Promise<string> {
  if (machine.isOurs) {
    const file = await machine.look({ path, follow: true, offset: 0, length: MAX_TABLE_BYTES });
    return file?.content.toString("latin1") ?? "";
  }
  const output = new LimitedBuffer(MAX_TABLE_BYTES);
  let exit: GuestExit;
  try {
    exit = await machine.run({
      argv: ["/bin/cat", path],
      timeoutMs: CAT_TIMEOUT_MS,
      onOutput: (stream, chunk) => {
        if (stream === "stdout") output.append(chunk);
      },
    });
  } catch (error) {
    // The official agent may miss a command's end when others end at the same time.
    if (error instanceof DeadlineError && machine.isUsable()) return output.toString();
    throw error;
  }
  if (exit.exitCode === 0) return output.toString();
  throw new VmError(`Cannot see which ports are listened on: /bin/cat ${path} failed.`, {
    hint: "Under the official runtime `until: {port}` needs /bin/cat in the image; use `until: {log}`.",
  });
}
