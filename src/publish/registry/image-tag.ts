import { PublishError } from "../../errors.ts";

/** `user/repository:tag` in its parts. */
export interface ImageTag {
  readonly user: string;
  readonly repository: string;
  readonly tag: string;
  /** All of it. */
  readonly text: string;
}

const PART = String.raw`(?=[\w.-]*[A-Za-z0-9])[\w.-]+`;
const FORM = new RegExp(`^(${PART})/(${PART})(?::(${PART}))?$`);
const MAX_LENGTH = 255;

/**
 * Reads the name of an image in a registry: ASCII letters, digits, `-`, `_` and `.`, and in each part at
 * least one letter or digit. Without a tag it is `latest`.
 *
 * @throws {PublishError}
 */
export function parseImageTag(text: string): ImageTag {
  const [, user, repository, tag = "latest"] = (text.length <= MAX_LENGTH && FORM.exec(text)) || [];
  if (user === undefined || repository === undefined) {
    throw new PublishError(`${JSON.stringify(text)} is not the name of an image in a registry.`, {
      hint: "Write user/repository:tag, such as alice/hello:1.0, of ASCII letters, digits, '-', '_' and '.'.",
    });
  }
  return { user, repository, tag, text: `${user}/${repository}:${tag}` };
}
