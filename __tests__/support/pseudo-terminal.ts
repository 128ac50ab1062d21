import { spawn } from "node:child_process";

/** Waits until the terminal shows `until`, after what the step before waited for, and then types `type`. */
export interface Step {
  readonly until: string;
  /** Nothing is typed when absent. */
  readonly type?: string;
}

export interface Conversation {
  /** All that the terminal showed, with its control sequences. */
  readonly transcript: string;
  readonly exitCode: number;
  /** Milliseconds at which each step's text was there, from the first one's. */
  readonly times: readonly number[];
}

/** Node has no pseudo-terminals; Python's standard library has. */
const DRIVER = `
import json, os, pty, select, sys, time
command, steps, timeout = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
transcript, seen, times = b"", 0, []
def read(deadline):
    global transcript
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.time()))
    if not ready:
        return "no more came in time"
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        chunk = b""
    transcript += chunk
    return None if chunk else "the program ended"
problem = None
for step in steps:
    text, deadline = step["until"].encode(), time.time() + timeout
    while problem is None and transcript.find(text, seen) == -1:
        problem = read(deadline)
    if problem is not None:
        problem = "waiting for %r: %s" % (step["until"], problem)
        os.kill(pid, 9)
        break
    seen = transcript.index(text, seen) + len(text)
    times.append(time.time() * 1000)
    os.write(terminal, step.get("type", "").encode())
deadline = time.time() + timeout
while read(deadline) is None:
    pass
if time.time() >= deadline:
    problem = problem or "the program did not end"
    os.kill(pid, 9)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"transcript": transcript.decode(), "exitCode": status, "times": [t - times[0] for t in times], "problem": problem}))
`;

/** Runs a program in a pseudo-terminal, as a person would. Needs python3. */
export async function converse(
  command: readonly string[],
  steps: readonly Step[],
  options: { env?: NodeJS.ProcessEnv; timeoutSeconds?: number } = {},
): Promise<Conversation> {
  const argument = JSON.stringify([command, steps, options.timeoutSeconds ?? 60]);
  const child = spawn("python3", ["-c", DRIVER, argument], {
    env: { ...process.env, TERM: "xterm", ...options.env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) output += chunk;
  const { problem, ...conversation } = JSON.parse(output);
  if (problem) throw new Error(`${problem}; the terminal showed:\n${conversation.transcript}`);
  return conversation;
}
