/** Where layers are taken from and kept, as far as a builder can. */
export interface LayerCaches {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Why some of them are left out, as a full sentence. */
  readonly note?: string;
}

/**
 * Leaves out GitHub's cache where it cannot be used: it exists inside a job alone, whose actions get the variables
 * for it, and the engine's own builder does not know it. A cache that cannot be written fails no build.
 *
 * @param driver of the selected builder
 * @see https://docs.docker.com/build/cache/backends/gha/
 */
export function usableCaches(
  { cacheFrom = [], cacheTo = [] }: { cacheFrom?: readonly string[]; cacheTo?: readonly string[] },
  driver: string,
  environment: NodeJS.ProcessEnv,
): LayerCaches {
  const obstacle = whyNoGithubCache(driver, environment);
  const isGithubs = (place: string) => /(?:^|,)type=gha(?:,|$)/.test(place);
  const isUsable = (place: string) => obstacle === undefined || !isGithubs(place);
  const to = cacheTo
    .filter(isUsable)
    .map((place) =>
      isGithubs(place) && !place.includes("ignore-error=") ? `${place},ignore-error=true` : place,
    );
  const isLeftOut = [...cacheFrom, ...cacheTo].some((place) => !isUsable(place));
  return {
    from: cacheFrom.filter(isUsable),
    to,
    ...(isLeftOut && { note: `GitHub's cache is not used for layers: ${obstacle}.` }),
  };
}

function whyNoGithubCache(driver: string, environment: NodeJS.ProcessEnv): string | undefined {
  const { ACTIONS_RUNTIME_TOKEN, ACTIONS_RESULTS_URL, ACTIONS_CACHE_URL } = environment;
  if (environment.GITHUB_ACTIONS !== "true") return "this is no workflow's job";
  if (!ACTIONS_RUNTIME_TOKEN || !(ACTIONS_RESULTS_URL || ACTIONS_CACHE_URL)) {
    return "the runner gives no access to it";
  }
  if (driver === "docker") {
    return "the engine's own builder cannot; docker/setup-buildx-action brings one that can";
  }
  return undefined;
}
