import { PublishError } from "../errors.ts";
import { parseImageTag } from "./registry/image-tag.ts";

/** What a run of a workflow is for: `GITHUB_REF` and `GITHUB_SHA`. */
export interface GitRevision {
  /** The whole name, such as `refs/tags/v1.2.3`, `refs/heads/main` or `refs/pull/7/merge`. */
  readonly ref: string;
  /** The commit, 40 or 64 hexadecimal digits. */
  readonly commit: string;
}

/** @see https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
const NUMBER = String.raw`(?:0|[1-9]\d{0,8})`;
const PRERELEASE_PART = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)`;
const VERSION = new RegExp(
  String.raw`^v?(${NUMBER})\.(${NUMBER})\.(${NUMBER})` +
    String.raw`(?:-(${PRERELEASE_PART}(?:\.${PRERELEASE_PART})*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$`,
);
const LONGEST_TAG = 128;

/**
 * The tags that an image gets of the git revision it was built from, as docker/metadata-action gives them:
 *
 * - the tag of a version, `v1.2.3`: `1.2.3`, `1.2`, `1` and `latest`. What comes before version 1 promises
 *   nothing between its minor versions, so there is no `0`; a pre-release is its own version and nothing else
 * - any other tag: its name
 * - a branch: its name, and `sha-` with seven digits of the commit
 * - a pull request: `pr-` with its number
 * - the temporary branch of a merge queue: that of the commit alone
 *
 * A character that the name of an image cannot have becomes `-`.
 *
 * @returns the most specific one first, without duplicates
 * @see https://github.com/docker/metadata-action#tags-input
 * @throws {PublishError} when the revision is none of these
 */
export function tagsOfRevision({ ref, commit }: GitRevision): readonly string[] {
  const [, kind, name = ""] = /^refs\/(tags|heads|pull)\/(.+)$/s.exec(ref) ?? [];
  if (kind === undefined) throw unknownRevision(ref);
  if (kind === "tags") return tagsOfTag(name);
  if (kind === "pull") {
    const number = /^(\d{1,12})\//.exec(name)?.[1];
    if (number === undefined) throw unknownRevision(ref);
    return [`pr-${number}`];
  }
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) {
    throw new PublishError(`${JSON.stringify(commit)} is not a git commit.`, {
      hint: "Give all of its 40 (or 64) hexadecimal digits, as GITHUB_SHA has them.",
    });
  }
  const ofCommit = `sha-${commit.slice(0, 7)}`;
  return name.startsWith("gh-readonly-queue/") ? [ofCommit] : [asTag(name, ref), ofCommit];
}

/**
 * The names in the registry that an image gets of a git revision, such as `alice/hello:1.2.3`.
 *
 * @param repository `user/repository`
 * @throws {PublishError} when the revision, or the repository, is none
 */
export function namesOfRevision(repository: string, revision: GitRevision): readonly string[] {
  parseRepositoryName(repository);
  return tagsOfRevision(revision).map((tag) => parseImageTag(`${repository}:${tag}`).text);
}

/** Checks that a text is `user/repository`, without a tag. @throws {PublishError} */
export function parseRepositoryName(text: string): void {
  if (!text.includes(":")) {
    parseImageTag(text);
    return;
  }
  throw new PublishError(`${JSON.stringify(text)} has a tag already.`, {
    hint: "Write user/repository, such as alice/hello: its tags come from the git ref.",
  });
}

function tagsOfTag(name: string): readonly string[] {
  const [, major, minor, patch, prerelease] = VERSION.exec(name) ?? [];
  if (major === undefined) return [asTag(name, `refs/tags/${name}`)];
  const version = asTag(name.replace(/^v/, ""), name);
  if (prerelease !== undefined) return [version];
  const lines = [
    `${major}.${minor}.${patch}`,
    `${major}.${minor}`,
    ...(major === "0" ? [] : [major]),
  ];
  return [...new Set([version, ...lines, "latest"])];
}

function asTag(name: string, ref: string): string {
  const tag = name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "");
  if (!/[A-Za-z0-9]/.test(tag) || tag.length > LONGEST_TAG) {
    throw new PublishError(`No tag of an image can be made of ${JSON.stringify(ref)}.`, {
      hint: `A tag has at least one of the ASCII letters and digits, and at most ${LONGEST_TAG} characters. Name the tags yourself.`,
    });
  }
  return tag;
}

function unknownRevision(ref: string): PublishError {
  return new PublishError(`${JSON.stringify(ref)} is not a branch, tag or pull request of git.`, {
    hint: "Give the whole name, such as refs/tags/v1.2.3, as GITHUB_REF has it, or name the tags yourself.",
  });
}
