import { PublishError } from "../errors.ts";
import { parseReleaseName } from "./github-release/release-name.ts";
import { parseUploadUrl } from "./http/upload-url.ts";
import { parseBucketName } from "./s3/bucket-name.ts";

/** Where images are published to, as data. Each kind of repository is a member. */
export type TargetDescription =
  | { readonly kind: "directory"; readonly directory: string }
  /** The address is not part of it: a checkout must not decide who is sent a token. */
  | { readonly kind: "registry" }
  /** Neither is it here. The prefix ends with `/` when there is one. */
  | { readonly kind: "s3"; readonly bucket: string; readonly prefix: string }
  | {
      readonly kind: "github-release";
      readonly owner: string;
      readonly repository: string;
      /** The release's tag. */
      readonly tag: string;
      /** The asset's name; that of the hash when absent. */
      readonly asset?: string;
    }
  /** A folder or a template; credentials are bound to a server by the environment. */
  | { readonly kind: "http"; readonly url: string };

/** Every kind of target, with the form its text has; messages and documentation list these. */
export const TARGET_FORMS: Readonly<Record<TargetDescription["kind"], string>> = {
  directory: "directory:DIR",
  registry: "registry",
  s3: "s3:BUCKET[/PREFIX]",
  "github-release": "github-release:OWNER/REPOSITORY@TAG[/ASSET]",
  http: "http:URL",
};

/** What makes a target of the text behind the colon; undefined when that does not fit. */
const PARSERS: {
  readonly [Kind in TargetDescription["kind"]]: (
    rest: string,
  ) => Extract<TargetDescription, { kind: Kind }> | undefined;
} = {
  directory: (rest) => (rest === "" ? undefined : { kind: "directory", directory: rest }),
  registry: (rest) => (rest === "" ? { kind: "registry" } : undefined),
  s3: (rest) => {
    const name = parseBucketName(rest);
    return name && { kind: "s3", ...name };
  },
  "github-release": (rest) => {
    const name = parseReleaseName(rest);
    return name && { kind: "github-release", ...name };
  },
  http: (rest) => ({ kind: "http", url: parseUploadUrl(rest) }),
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
