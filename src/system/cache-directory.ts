import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where things that can be made again are kept: `$GOLEM_IMAGE_CACHE`, else `golem-image` below
 * `$XDG_CACHE_HOME` or `~/.cache`.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.GOLEM_IMAGE_CACHE) return environment.GOLEM_IMAGE_CACHE;
  // The specification says to ignore a relative path.
  const base = environment.XDG_CACHE_HOME?.startsWith("/")
    ? environment.XDG_CACHE_HOME
    : join(homedir(), ".cache");
  return join(base, "golem-image");
}
