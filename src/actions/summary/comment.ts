import { request } from "@octokit/request";
import * as v from "valibot";
import { GithubAccess } from "../../publish/github-release/github-access.ts";

/** GitHub's limit of a comment's characters. */
export const MAX_COMMENT_CHARACTERS = 65_536;

const PAGE = 100;
const MOST_PAGES = 30;
const TIMEOUT_MS = 30_000;

/** Who the token of a workflow writes as. */
const WORKFLOW_USER = "github-actions[bot]";

const CommentsSchema = v.array(
  v.object({
    id: v.pipe(v.number(), v.integer()),
    body: v.nullish(v.string()),
    user: v.nullish(v.object({ login: v.string() })),
  }),
);

export interface CommentInput {
  /** `owner/name` */
  readonly repository: string;
  readonly pullRequest: number;
  /** Tells this comment from those of other jobs. */
  readonly key: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Writes a comment into a pull request, or in place of the one that this wrote before. A comment of somebody else
 * stays as it is, whatever it says.
 *
 * @param environment has `GITHUB_TOKEN`, and `GITHUB_API_URL` for GitHub Enterprise Server
 * @throws {PublishError} when the token or the address cannot be used
 * @throws an error of GitHub's, with its status
 */
export async function writeComment(
  { repository, pullRequest, key, body, signal }: CommentInput,
  environment: NodeJS.ProcessEnv,
): Promise<"created" | "updated"> {
  const access = new GithubAccess(environment);
  const [owner = "", repo = ""] = repository.split("/");
  const call = request.defaults({
    baseUrl: access.api.href.replace(/\/$/, ""),
    headers: { authorization: access.authorization },
    request: { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) },
  });
  const mark = `<!-- golem-image:${key.replace(/[^\w.-]+/g, "-")} -->`;
  const text = `${mark}\n${body}`;
  const login = await whoAmI(call);
  const own = await findComment(call, { owner, repo, pullRequest, mark, login });
  if (own === undefined) {
    await call("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...{ owner, repo, issue_number: pullRequest, body: text },
    });
    return "created";
  }
  await call("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
    ...{ owner, repo, comment_id: own, body: text },
  });
  return "updated";
}

/** A workflow's own token may not ask. */
async function whoAmI(call: typeof request): Promise<string> {
  try {
    const { data } = await call("GET /user");
    return v.parse(v.object({ login: v.string() }), data).login;
  } catch {
    return WORKFLOW_USER;
  }
}

async function findComment(
  call: typeof request,
  by: { owner: string; repo: string; pullRequest: number; mark: string; login: string },
): Promise<number | undefined> {
  const { owner, repo, pullRequest, mark, login } = by;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { data } = await call("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...{ owner, repo, issue_number: pullRequest, per_page: PAGE, page },
    });
    const comments = v.parse(CommentsSchema, data);
    const own = comments.find(({ body, user }) => user?.login === login && body?.startsWith(mark));
    if (own) return own.id;
    if (comments.length < PAGE) return undefined;
  }
  return undefined;
}
