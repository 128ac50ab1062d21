import { PublishError } from "../errors.ts";

/** Where images are published to, as data. Each kind of repository is a member. */
export type TargetDescription =
  | { readonly kind: "directory"; readonly directory: string }
  /** The address is not part of it: a checkout must not decide who is sent a token. */
  | { readonly kind: "registry" };

/** Every kind of target, with the form its text has; messages and documentation list these. */
export const TARGET_FORMS: Readonly<Record<TargetDescription["kind"], string>> = {
  directory: "directory:DIR",
  registry: "registry",
};

/** What makes a target of the text behind the colon; undefined when that does not fit. */
const PARSERS: {
  readonly [Kind in TargetDescription["kind"]]: (
    rest: string,
  ) => Extract<TargetDescription, { kind: Kind }> | undefined;
} = {
  directory: (rest) => (rest === "" ? undefined : { kind: "directory", directory: rest }),
  registry: (rest) => (rest === "" ? { kind: "registry" } : undefined),
};

/**
 * Reads a target as people write it, such as `directory:public` or `registry`. A directory is kept as it
 * is written: relative paths are the caller's to resolve.
 *
 * @throws {PublishError} when the kind is unknown or the rest does not fit
 */
export function parseTarget(text: string): TargetDescription {
  const separator = text.indexOf(":");
  const kind = separator < 0 ? text : text.slice(0, separator);
  const rest = separator < 0 ? "" : text.slice(separator + 1);
  const target = isKind(kind) && !text.includes("\0") ? PARSERS[kind](rest) : undefined;
  if (target) return target;
  throw new PublishError(`${JSON.stringify(text)} is not a place to publish to.`, {
    hint: `Write one of: ${Object.values(TARGET_FORMS).join(", ")}.`,
  });
}

function isKind(text: string): text is TargetDescription["kind"] {
  return Object.hasOwn(PARSERS, text);
}
