import { DirectoryIndex } from "../publish/directory-index.ts";
import { latestOf } from "../publish/prune-rule.ts";
import type { Settings } from "../settings/settings.ts";

/** The image that was published last under the same name. */
export interface PreviousImage {
  /** SHA3-224. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
}

/** Milliseconds that a registry may take: what it knows is worth no longer wait. */
const REGISTRY_TIMEOUT_MS = 5_000;

/**
 * Asks where an image is published to what was published there before: the index of a directory, or the registry's
 * first tag. Other targets keep no order.
 *
 * @returns undefined when there is none, or nobody can tell
 */
export async function previousImage(
  { name, publish }: Pick<Settings, "name" | "publish">,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<PreviousImage | undefined> {
  try {
    if (publish.to?.kind === "directory") return await fromDirectory(publish.to.directory, name);
    const [tag] = publish.tags;
    if (publish.to?.kind === "registry" && tag !== undefined) {
      return await fromRegistry(tag, environment);
    }
  } catch {
    // It is worth a line in a summary, and no failure.
  }
  return undefined;
}

async function fromDirectory(directory: string, name: string): Promise<PreviousImage | undefined> {
  const images = (await new DirectoryIndex(directory).images()).filter(
    (image) => image.name === name,
  );
  const [last] = images.sort((a, b) => Date.parse(latestOf(b)) - Date.parse(latestOf(a)));
  return last && { hash: last.hash, size: last.size };
}

async function fromRegistry(
  tag: string,
  environment: NodeJS.ProcessEnv,
): Promise<PreviousImage | undefined> {
  const { RegistryClient } = await import("../publish/registry/registry-client.ts");
  const { DEFAULT_REGISTRY_URL, parseRegistryUrl } = await import(
    "../publish/registry/registry-url.ts"
  );
  const client = new RegistryClient(
    parseRegistryUrl(environment.REGISTRY_URL || DEFAULT_REGISTRY_URL),
    {},
  );
  try {
    const info = await client.info({ tag }, { signal: AbortSignal.timeout(REGISTRY_TIMEOUT_MS) });
    return info?.size === undefined ? undefined : { hash: info.hash, size: info.size };
  } finally {
    client.close();
  }
}
