import { cpus, loadavg, release, totalmem } from "node:os";
import { runCommand } from "../src/system/run-command.ts";
import type { SystemRuntime } from "../src/vm/system-runtime.ts";

/** What conversions depend on, as lines of a Markdown list. */
export async function describeMachine(): Promise<string[]> {
  const tools = await Promise.all([
    versionOf("mksquashfs", ["-version"]),
    versionOf("tar2sqfs", ["--version"]),
    versionOf("dockerd", ["--version"]),
  ]);
  return [
    describeHardware(),
    `node ${process.versions.node}, zlib ${process.versions.zlib}, OpenSSL ${process.versions.openssl}`,
    tools.join("; "),
  ];
}

/** What boots depend on. */
export async function describeBootMachine({ qemu, kernel }: SystemRuntime): Promise<string[]> {
  return [
    describeHardware(),
    `${await versionOf(qemu, ["--version"])}; kernel ${kernel.release} (${kernel.origin})`,
  ];
}

/** What transfers over loopback depend on. */
export async function describeNetworkMachine(): Promise<string[]> {
  const curl = await versionOf("curl", ["--version"]);
  return [
    describeHardware(),
    `node ${process.versions.node}, OpenSSL ${process.versions.openssl}; ${curl.split(" (")[0]}`,
  ];
}

export function describeHardware(): string {
  const [processor] = cpus();
  return `${cpus().length} × ${processor?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 1e9)} GB of memory, Linux ${release()}`;
}

/** Above this, before the start, other programs are said to have disturbed the results. */
const QUIET_LOAD = 0.25;

/** A remark when other programs disturb the results: processes that want to run, on average. */
export function loadRemarks(): string[] {
  const [load = 0] = loadavg();
  return load > QUIET_LOAD ? [`Other programs ran at the start (load ${load}).`] : [];
}

async function versionOf(program: string, args: readonly string[]): Promise<string> {
  const result = await runCommand({ program, args }).catch(() => undefined);
  const [first = ""] = `${result?.stdout ?? ""}${result?.stderr ?? ""}`.trim().split("\n");
  return first || `${program}: not installed`;
}
