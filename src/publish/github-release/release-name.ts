/** An asset of a release. */
export interface ReleaseName {
  readonly owner: string;
  readonly repository: string;
  /** The release's tag. */
  readonly tag: string;
  /** The asset's name; that of the hash when absent. */
  readonly asset?: string;
}

const FORM =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([\w.-]{1,100})@([^/\s~^:?*[\\\]@{}]+(?:\/[^/\s~^:?*[\\\]@{}]+)*?)(?:\/([A-Za-z0-9][\w.-]*\.gvmi))?$/;

/**
 * Reads `owner/repository@tag`, and behind it `/name.gvmi`. Tags may have slashes, so an asset is told by its
 * ending.
 *
 * @returns undefined when it is not that
 */
export function parseReleaseName(text: string): ReleaseName | undefined {
  const [, owner, repository, tag, asset] = (text.length <= 500 && FORM.exec(text)) || [];
  if (owner === undefined || repository === undefined || tag === undefined) return undefined;
  if (/^\.{1,2}$/.test(repository) || tag.startsWith("-") || tag.includes("..")) return undefined;
  return { owner, repository, tag, ...(asset !== undefined && { asset }) };
}
