import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The path of a finding's file as reports for other tools name it: from the root of the checkout, which they
 * map to their own, or as it is when it lies elsewhere.
 *
 * @param file as a finding has it: absolute, or from the working directory
 * @param root an absolute directory
 */
export function reportPath(file: string, root: string): string {
  const path = relative(root, resolve(file));
  return isInside(path) ? path.split(sep).join("/") : resolve(file);
}

/**
 * The same as a URI reference: relative below the root, else absolute with the scheme `file`.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html section 3.10
 */
export function reportUri(file: string, root: string): string {
  const path = reportPath(file, root);
  if (path.startsWith("/")) return pathToFileURL(path).href;
  const encoded = toWellFormed(path).split("/").map(encodeURIComponent).join("/");
  return encoded;
}

function isInside(path: string): boolean {
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !path.startsWith("/");
}

/** Half a surrogate pair cannot be encoded. */
function toWellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\uFFFD");
}
