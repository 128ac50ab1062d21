import { ImageSourceError } from "../errors.ts";

/** Where an image that exists already is to be found. */
export type SourceDescription =
  | { readonly kind: "docker"; readonly image: string }
  | { readonly kind: "oci-archive" | "docker-archive" | "oci"; readonly path: string }
  /** An archive or layout; which of them is found by its content. */
  | { readonly kind: "path"; readonly path: string };

export const SOURCE_FORMS =
  "docker:NAME (an image of the Docker engine), docker-archive:FILE (written by `docker save`), oci-archive:FILE, oci:DIRECTORY, or a path alone";

const FILE_KINDS = ["oci-archive", "docker-archive", "oci"] as const;

/** Forms of other tools, which would otherwise be taken for paths. */
const FOREIGN_FORM =
  /^(?:docker-daemon|containers-storage|dir|ostree|sif|registry|podman|oci-layout|docker-image):|^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Reads the name of an image source; touches no file.
 *
 * @throws {ImageSourceError} listing the forms
 */
export function parseImageSource(text: string): SourceDescription {
  if (text === "") throw invalid(text, "it is empty");
  if (text.includes("\0")) throw invalid(text, "it has a NUL character");
  if (text.startsWith("docker:")) return dockerImage(text);
  for (const kind of FILE_KINDS) {
    if (!text.startsWith(`${kind}:`)) continue;
    const path = text.slice(kind.length + 1);
    if (path === "") throw invalid(text, `a path is missing after ${kind}:`);
    return { kind, path };
  }
  if (FOREIGN_FORM.test(text)) throw invalid(text, "this form is not known");
  return { kind: "path", path: text };
}

function dockerImage(text: string): SourceDescription {
  const image = text.slice("docker:".length);
  if (image === "") throw invalid(text, "an image name is missing after docker:");
  if (image.startsWith("//")) {
    const name = image.slice(2);
    throw new ImageSourceError(`Invalid image source: ${JSON.stringify(text)}.`, {
      hint: `Images are not taken from a registry. Run \`docker pull ${name}\` first, then use docker:${name}.`,
    });
  }
  // A name or an id; https://github.com/distribution/reference has the whole grammar.
  if (!/^[A-Za-z0-9][\w.:/@+-]*$/.test(image)) throw invalid(text, "this is not an image's name");
  return { kind: "docker", image };
}

function invalid(text: string, reason: string): ImageSourceError {
  return new ImageSourceError(`Invalid image source: ${JSON.stringify(text)}: ${reason}.`, {
    hint: `Give ${SOURCE_FORMS}.`,
  });
}
