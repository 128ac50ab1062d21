import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories } from "../system/make-directories.ts";
import type { ActionContext } from "./action-context.ts";

/** A new directory that outlives the step, for what its outputs name. The runner removes it after the job. */
export async function makeWorkDirectory({ temporaryDirectory }: ActionContext): Promise<string> {
  await makeDirectories(temporaryDirectory);
  return mkdtemp(join(temporaryDirectory, "golem-image-"));
}
