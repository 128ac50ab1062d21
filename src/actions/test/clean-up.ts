import { readdir, readFile } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { getState } from "@actions/core";
import { removeTree } from "../../system/remove-tree.ts";
import { Log } from "../log.ts";
import { TEMPORARY_DIRECTORY } from "./step-state.ts";

/**
 * Removes what a step left that was killed before it could tidy up: virtual machines, whose command lines name the
 * step's own directory, and that directory. Nothing here fails a job.
 */
export async function cleanUp(log: Log = new Log()): Promise<void> {
  const directory = getState(TEMPORARY_DIRECTORY);
  if (!isAbsolute(directory) || !/\/gi-test-[A-Za-z0-9]{6}$/.test(directory)) return;
  for (const pid of await processesOf(directory)) {
    try {
      process.kill(pid, "SIGKILL");
      log.info(`ended process ${pid}, which the step left behind`);
    } catch {
      // It ended by itself.
    }
  }
  await removeTree(directory).catch((error: Error) => {
    log.info(`${directory} could not be removed: ${error.message}`);
  });
}

async function processesOf(directory: string): Promise<number[]> {
  const names = await readdir("/proc").catch((): string[] => []);
  const found: number[] = [];
  for (const name of names.filter((each) => /^\d+$/.test(each) && each !== String(process.pid))) {
    const commandLine = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(`${directory}/`)) found.push(Number(name));
  }
  return found;
}
