import type { ByteString } from "../oci/entry.ts";

/** Where distributions and package managers put files that nobody wrote for this image. */
const FOREIGN = [
  /^(usr\/(share|lib|lib32|lib64|libexec|include)|lib|lib32|lib64|boot|proc|sys|dev|run)\//,
  /^var\/(lib|cache|run|spool)\//,
  /^usr\/local\/(lib|share|include|go|cargo|rustup)\//,
  /^(opt|root|home\/[^/]+|usr\/local)\/(?:[^/]*\/)?(ana|mini|micro)?(conda|forge|mamba)\w*\//,
  /(^|\/)(node_modules|site-packages|dist-packages|vendor|pkg\/mod)\//,
  /(^|\/)\.(cargo|rustup|npm|cache|pyenv|rbenv|nvm|volta|sdkman|git|local\/(lib|share))\//,
  /(^|\/)(tests?|testdata|__tests__|spec|fixtures?|examples?|samples?|docs?|man|locale)\//,
];

/**
 * Whether a file is likely to be written for this very image: it is where applications and their settings
 * are, and not part of a package, a test or an example.
 */
export function isOwnFile(path: ByteString): boolean {
  if (path.startsWith("etc/")) return false;
  return !FOREIGN.some((pattern) => pattern.test(path));
}
