import type {
  AgentClient,
  CommandToRun,
  ProcessEnd,
  RunningProcess,
  RunOptions,
} from "../../src/vm/agent/client.ts";

export const MIB = 1024 * 1024;

export interface Finished {
  end: ProcessEnd;
  stdout: string;
  stderr: string;
}

export async function read(output: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function finish(process: RunningProcess): Promise<Finished> {
  const [stdout, stderr, end] = await Promise.all([
    read(process.stdout),
    read(process.stderr),
    process.ended,
  ]);
  return { end, stdout: stdout.toString("latin1"), stderr: stderr.toString("latin1") };
}

export function startShell(
  client: AgentClient,
  script: string,
  command: Partial<CommandToRun> = {},
  options: RunOptions = {},
): Promise<RunningProcess> {
  return client.run({ bin: "/bin/sh", argv: ["sh", "-c", script], ...command }, options);
}

/** What a shell script prints; it has to succeed. */
export async function shell(
  client: AgentClient,
  script: string,
  command: Partial<CommandToRun> = {},
): Promise<string> {
  const { end, stdout, stderr } = await finish(await startShell(client, script, command));
  expect({ end, stderr }).toEqual({ end: { exitCode: 0 }, stderr: "" });
  return stdout;
}

/** Waits, in the guest, until no process has this name, not even as a zombie. */
export async function untilGone(client: AgentClient, name: string): Promise<void> {
  await shell(client, `while pidof ${name} >/dev/null; do usleep 2000; done`);
}
