import { isUtf8 } from "node:buffer";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { runCommand } from "./run-command.ts";

/**
 * Removes a file or a directory with all that is in it, also where Node's own `rm` gives up: directories without
 * permissions, and trees so deep that their paths are too long. Symbolic links are not followed.
 *
 * @throws when something is left
 */
export async function removeTree(path: string | Buffer): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // A name that is not UTF-8 cannot be an argument; Node's own removal is all there is for it.
    const isText = typeof path === "string" || isUtf8(path);
    for (const [program, ...args] of isText ? stubbornRemoval(path.toString()) : []) {
      await runCommand({ program, args }).catch(() => {});
    }
    await rm(path, { recursive: true, force: true });
  }
}

/** The same for the last moment of a process. Nobody could be told of a failure. */
export function removeTreeSync(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    for (const [program, ...args] of stubbornRemoval(path)) {
      spawnSync(program, args, { stdio: "ignore" });
    }
  }
}

function stubbornRemoval(path: string): [string, ...string[]][] {
  return [
    ["chmod", "-R", "u+rwX", "--", path],
    ["rm", "-rf", "--", path],
  ];
}
