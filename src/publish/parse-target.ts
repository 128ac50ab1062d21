import { PublishError } from "../errors.ts";

/** Where images are published to, as data. Further kinds of repository add a member. */
export type TargetDescription = { readonly kind: "directory"; readonly directory: string };

/** Every kind of target, with the form its text has; messages and documentation list these. */
export const TARGET_FORMS: Readonly<Record<TargetDescription["kind"], string>> = {
  directory: "directory:DIR",
};

/**
 * Reads a target as people write it, such as `directory:public`. The directory is kept as it is
 * written: relative paths are the caller's to resolve.
 *
 * @throws {PublishError} when the kind is unknown or the rest is empty
 */
export function parseTarget(text: string): TargetDescription {
  const separator = text.indexOf(":");
  const kind = separator < 0 ? text : text.slice(0, separator);
  const rest = separator < 0 ? "" : text.slice(separator + 1);
  if (kind !== "directory" || rest === "" || rest.includes("\0")) {
    throw new PublishError(`${JSON.stringify(text)} is not a place to publish to.`, {
      hint: `Write one of: ${Object.values(TARGET_FORMS).join(", ")}.`,
    });
  }
  return { kind, directory: rest };
}
