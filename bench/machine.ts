import { cpus, loadavg, release, totalmem } from "node:os";
import { runCommand } from "../src/system/run-command.ts";

/** What the results depend on, as lines of a Markdown list. */
export async function describeMachine(): Promise<string[]> {
  const [processor] = cpus();
  const tools = await Promise.all([
    versionOf("mksquashfs", ["-version"]),
    versionOf("tar2sqfs", ["--version"]),
    versionOf("dockerd", ["--version"]),
  ]);
  return [
    `${cpus().length} × ${processor?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 1e9)} GB of memory, Linux ${release()}`,
    `node ${process.versions.node}, zlib ${process.versions.zlib}, OpenSSL ${process.versions.openssl}`,
    tools.join("; "),
  ];
}

/** Processes that want to run on average: those of others disturb the results. */
export function load(): number {
  return loadavg()[0] ?? 0;
}

async function versionOf(program: string, args: readonly string[]): Promise<string> {
  const result = await runCommand({ program, args }).catch(() => undefined);
  const [first = ""] = `${result?.stdout ?? ""}${result?.stderr ?? ""}`.trim().split("\n");
  return first || `${program}: not installed`;
}
