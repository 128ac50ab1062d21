import { shellCommands } from "./shell-commands.ts";

/** What a command of the build gives to a file that means nothing in a VM. */
export interface PrivilegedCommand {
  readonly kind: "setuid" | "capability" | "device";
  /** As it is written. */
  readonly command: string;
  /** The file, when it is plain. */
  readonly file: string;
}

/** The commands of a script that set setuid bits or file capabilities, or make device nodes. */
export function findPrivilegedCommands(script: string): PrivilegedCommand[] {
  const found: PrivilegedCommand[] = [];
  for (const { command } of shellCommands(script)) {
    const words = command.split(/\s+/).filter((word) => !word.startsWith("-"));
    const [program = "", first = "", second = ""] = words;
    const type = words.findIndex((word) => /^[bcu]$/.test(word));
    const name = program.split("/").at(-1);
    // A setgid bit of a directory has its meaning for new files.
    const isSetuid = /^0?[46][0-7]{3}$|^u[+=][rwx]*s/.test(first);
    if (name === "chmod" && isSetuid) found.push({ kind: "setuid", command, file: second });
    else if (name === "setcap" && first.includes("cap_")) {
      found.push({ kind: "capability", command, file: second });
    } else if (name === "mknod" && type > 1) {
      found.push({ kind: "device", command, file: words[type - 1] ?? "" });
    }
  }
  return found;
}
