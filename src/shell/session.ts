import { GolemImageError, UsageError } from "../errors.ts";
import type { GuestStatistics } from "../vm/agent/client.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import type { Volume } from "../vm/volume-files.ts";
import type { LineRunner } from "./line-runner.ts";
import { parseLine, type Request } from "./parse-line.ts";

/** What a prompt shows. */
export interface PromptContent {
  /** Of the guest. */
  readonly directory: string;
  /** Of the last command. */
  readonly status: number;
  /** Whether the line before goes on. */
  readonly isContinued: boolean;
}

/** The person gave up a line while typing it. */
export const ABANDONED = Symbol("abandoned");

/** Where a session's lines come from: a terminal, or a pipe. */
export interface LineSource {
  /** @returns undefined at the end of the input */
  next(prompt: PromptContent): Promise<string | typeof ABANDONED | undefined>;
  /** Called when the person wants the running command to end; undefined while none runs. */
  onInterrupt: (() => void) | undefined;
}

/** What a session shows because it was asked to. */
export type Information =
  | { readonly kind: "volumes"; readonly volumes: readonly Volume[] }
  | { readonly kind: "stats"; readonly statistics: GuestStatistics }
  | { readonly kind: "help" };

export interface SessionOptions {
  readonly machine: Pick<VirtualMachine, "volumes" | "isUsable" | "statistics">;
  readonly runner: LineRunner;
  readonly lines: LineSource;
  /** Whether the first line that fails ends the session. */
  readonly stopOnError: boolean;
  readonly show: (information: Information) => void;
  /** Makes an error for people of one of the system, and returns any other as it is. */
  readonly explain: (error: unknown) => unknown;
  /** Tells the person why a line could not be run, or not to its end, and returns the status for that. */
  readonly report: (error: GolemImageError) => number;
}

/** What a shell says of a command that Ctrl-C ended. */
const INTERRUPTED_STATUS = 130;

/**
 * Reads lines and does what they say, until there are none. What goes wrong with one line is reported, and
 * the session goes on.
 *
 * @returns the status of the last command, 0 without any
 * @throws {VmError} when the VM ends
 * @throws the reason of the VM's abort signal
 */
export async function runSession(options: SessionOptions): Promise<number> {
  const { lines, runner } = options;
  let status = 0;
  for (;;) {
    const line = await readLine(lines, { directory: runner.directory, status });
    if (line === undefined) return status;
    if (line === ABANDONED) {
      status = INTERRUPTED_STATUS;
      continue;
    }
    const outcome = await performLine(line, status, options);
    status = outcome.status;
    if (outcome.isLast || (options.stopOnError && status !== 0)) return status;
  }
}

interface LineOutcome {
  readonly status: number;
  readonly isLast?: boolean;
}

async function performLine(
  line: string,
  status: number,
  options: SessionOptions,
): Promise<LineOutcome> {
  const { lines, machine } = options;
  const interruption = new AbortController();
  lines.onInterrupt = () => interruption.abort();
  try {
    const request = parseLine(line);
    if (request.kind === "exit") return { status: request.status ?? status, isLast: true };
    return { status: await perform(request, status, interruption.signal, options) };
  } catch (error) {
    if (!machine.isUsable()) throw error;
    if (interruption.signal.aborted) return { status: INTERRUPTED_STATUS };
    const explained = options.explain(error);
    if (explained instanceof GolemImageError) return { status: options.report(explained) };
    throw error;
  } finally {
    lines.onInterrupt = undefined;
  }
}

async function perform(
  request: Exclude<Request, { kind: "exit" }>,
  status: number,
  signal: AbortSignal,
  { machine, runner, show }: SessionOptions,
): Promise<number> {
  switch (request.kind) {
    case "nothing":
      return status;
    case "run":
      return runner.run(request.line, status, signal);
    case "put":
      await putFile(machine.volumes, request.from, request.to, signal);
      return 0;
    case "get":
      await getFile(machine.volumes, request.from, request.to, signal);
      return 0;
    case "volumes":
      show({ kind: "volumes", volumes: machine.volumes });
      return 0;
    case "stats": {
      const statistics = await machine.statistics();
      if (!statistics)
        throw new UsageError("The official runtime's agent does not tell statistics.");
      show({ kind: "stats", statistics });
      return 0;
    }
    case "help":
      show({ kind: "help" });
      return 0;
  }
}

/** Reads on while a backslash ends the line; sh itself decides what that means. */
async function readLine(
  lines: LineSource,
  prompt: Omit<PromptContent, "isContinued">,
): Promise<string | typeof ABANDONED | undefined> {
  let text: string | undefined;
  do {
    const line = await lines.next({ ...prompt, isContinued: text !== undefined });
    if (line === ABANDONED) return line;
    if (line === undefined) return text;
    text = text === undefined ? line : `${text}\n${line}`;
  } while (/(?:^|[^\\])(?:\\\\)*\\$/.test(text));
  return text;
}
