import { runCommand } from "../../system/run-command.ts";

/** What a QEMU was built with. */
export interface QemuCapabilities {
  /** Kinds of `-netdev`, such as `stream` (since 7.2) and `user`. */
  readonly netdevs: ReadonlySet<string>;
  /** Kinds of `-object` for network filters, such as `filter-redirector`. */
  readonly filters: ReadonlySet<string>;
}

const TIMEOUT_MS = 10_000;

const known = new Map<string, Promise<QemuCapabilities>>();

/** Asks a QEMU, once per process. One that does not answer has nothing. */
export function qemuCapabilities(qemu: string): Promise<QemuCapabilities> {
  const answer = known.get(qemu) ?? ask(qemu);
  known.set(qemu, answer);
  return answer;
}

async function ask(qemu: string): Promise<QemuCapabilities> {
  const [netdevs, objects] = await Promise.all([help(qemu, "-netdev"), help(qemu, "-object")]);
  return {
    netdevs: new Set(netdevs),
    filters: new Set(objects.filter((name) => name.startsWith("filter-"))),
  };
}

/** The names that `-netdev help` or `-object help` list, one a line. */
async function help(qemu: string, option: string): Promise<string[]> {
  const bare = ["-no-user-config", "-nodefaults", "-machine", "none"];
  const { stdout, stderr } = await runCommand(
    { program: qemu, args: [...bare, option, "help"] },
    { timeoutMs: TIMEOUT_MS },
  );
  return `${stdout}\n${stderr}`.split("\n").map((line) => line.trim());
}
