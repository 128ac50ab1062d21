import { UsageError } from "../../errors.ts";
import { namesOfRevision } from "../../publish/ref-tags.ts";
import type { ActionContext } from "../action-context.ts";

/**
 * The names that the input `tags-from-ref` asks for; none when it is empty.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 * @throws {UsageError} outside of a workflow run; {PublishError} when no names can be made of the git ref
 */
export function namesOfRef({ inputs, environment }: ActionContext): readonly string[] {
  const repository = inputs.get("tags-from-ref");
  if (repository === undefined) return [];
  const { GITHUB_REF: ref, GITHUB_SHA: commit } = environment;
  if (ref && commit) return namesOfRevision(repository, { ref, commit });
  throw new UsageError(
    "The input tags-from-ref needs the git ref of a workflow run, and there is none.",
    { hint: "GITHUB_REF and GITHUB_SHA are not set. Name the tags by the input tags." },
  );
}
