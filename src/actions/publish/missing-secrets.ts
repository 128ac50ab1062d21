import type { TargetDescription } from "../../publish/parse-target.ts";
import { pullRequestOf } from "../event.ts";

/** One of these variables is enough; null for a target that a fork can use, an empty list for one that it never can. */
const VARIABLES: Readonly<Record<TargetDescription["kind"], readonly string[] | null>> = {
  directory: null,
  registry: ["REGISTRY_TOKEN"],
  s3: ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"],
  // There is a token, but it may only read.
  "github-release": [],
  http: ["PUBLISH_HTTP_TOKEN", "PUBLISH_HTTP_PASSWORD"],
};

/**
 * Why a pull request cannot publish: GitHub gives the workflows of forks, and of Dependabot, no secrets.
 *
 * @returns undefined when that is not so
 */
export async function whySecretsAreMissing(
  to: TargetDescription,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const variables = VARIABLES[to.kind];
  if (variables === null || variables.some((name) => environment[name])) return undefined;
  const pullRequest = await pullRequestOf(environment);
  if (!pullRequest) return undefined;
  const isDependabots = environment.GITHUB_ACTOR === "dependabot[bot]";
  if (!pullRequest.isFromFork && !isDependabots) return undefined;
  const from = isDependabots ? "Dependabot" : "a fork";
  return `this is a pull request of ${from}, which has no secret for ${to.kind}`;
}
