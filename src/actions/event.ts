import { readFile, stat } from "node:fs/promises";
import * as v from "valibot";

/** GitHub's own limit of a payload is 25 MB. */
const MAX_EVENT_BYTES = 32 * 1024 * 1024;

const EventSchema = v.object({
  pull_request: v.nullish(
    v.object({
      number: v.pipe(v.number(), v.integer(), v.minValue(1)),
      head: v.object({
        /** Null when the fork is gone. */
        repo: v.nullish(v.object({ full_name: v.string() })),
      }),
    }),
  ),
});

/** The pull request that a workflow runs for. */
export interface PullRequest {
  readonly number: number;
  /** Whether its commits come from another repository, whose workflows get no secrets. */
  readonly isFromFork: boolean;
}

/** Reads `GITHUB_EVENT_PATH`; undefined when the event is no pull request's. */
export async function pullRequestOf(
  environment: NodeJS.ProcessEnv,
): Promise<PullRequest | undefined> {
  const path = environment.GITHUB_EVENT_PATH;
  if (!path) return undefined;
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile() || status.size > MAX_EVENT_BYTES) return undefined;
  const event = v.safeParse(EventSchema, parseJson(await readFile(path, "utf8")));
  if (!event.success || !event.output.pull_request) return undefined;
  const { number, head } = event.output.pull_request;
  return { number, isFromFork: head.repo?.full_name !== environment.GITHUB_REPOSITORY };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
