import type { Command } from "../system/run-command.ts";

/** Root makes namespaces as it is; others are root in a user namespace first. */
export type Namespaces = "root" | "user";

/**
 * Runs a command with mounts and processes of its own. When it ends, or is killed, the kernel ends every
 * process that it started and drops every mount that it made.
 *
 * The death signal joins the links of the chain, so that killing the first kills the others, and so that a
 * build ends with the program that started it.
 *
 * @see https://man7.org/linux/man-pages/man1/unshare.1.html
 * @see https://man7.org/linux/man-pages/man1/setpriv.1.html
 */
export function isolated(namespaces: Namespaces, command: Command): Command {
  const [program = "", ...args] = [
    ...(namespaces === "user" ? ["buildah", "unshare"] : []),
    ...["setpriv", "--pdeathsig", "KILL"],
    ...["unshare", "--mount", "--propagation", "private"],
    ...["--pid", "--fork", "--kill-child", "--mount-proc"],
    command.program,
    ...command.args,
  ];
  return { ...command, program, args };
}

/** Removes a directory whose files may belong to other users of the user namespace. */
export function removeAsOwner(directory: string): Command {
  return { program: "buildah", args: ["unshare", "rm", "--recursive", "--force", directory] };
}
