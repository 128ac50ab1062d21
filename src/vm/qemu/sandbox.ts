import { dirname } from "node:path";
import { runCommand } from "../../system/run-command.ts";

/** QEMU starts no programs, changes no identity, and makes no obsolete system calls. */
const SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

const PROBE_TIMEOUT_MS = 10_000;

const known = new Map<string, Promise<readonly string[]>>();

/**
 * The arguments that confine QEMU by seccomp, or none where this QEMU was built without it or this machine
 * does not allow it. To know, a machine without anything is started and ended; that takes some 20 ms.
 *
 * @see https://www.qemu.org/docs/master/system/security.html
 */
export function sandboxArguments(qemu: string): Promise<readonly string[]> {
  const answer = known.get(qemu) ?? probe(qemu);
  known.set(qemu, answer);
  return answer;
}

async function probe(qemu: string): Promise<readonly string[]> {
  const sandbox = ["-sandbox", SANDBOX];
  const bare = ["-no-user-config", "-nodefaults", "-machine", "none", "-display", "none"];
  const { exitCode } = await runCommand(
    { program: qemu, args: [...sandbox, ...bare, "-qmp", "stdio"], directory: dirname(qemu) },
    {
      input: '{"execute":"qmp_capabilities"}\n{"execute":"quit"}\n',
      timeoutMs: PROBE_TIMEOUT_MS,
    },
  ).catch(() => ({ exitCode: undefined }));
  return exitCode === 0 ? sandbox : [];
}
