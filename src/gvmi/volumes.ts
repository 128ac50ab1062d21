import type { RunConfig } from "../oci/image-config.ts";

/** As long as a path may be on Linux, without its NUL. */
const MAX_PATH_BYTES = 4095;

/** Mount points, or why one of them is none; the caller knows which error that is. */
export type VolumesResult =
  | { readonly ok: true; readonly volumes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * The mount points of an image's volumes, sorted, each once, without a slash at the end. They end up on
 * QEMU's command line and in the guest's mount calls, so whatever either could misread is refused.
 */
export function parseVolumes(config: Pick<RunConfig, "Volumes">): VolumesResult {
  const volumes = new Set<string>();
  for (const path of Object.keys(config.Volumes ?? {})) {
    const problem = volumeProblem(path);
    if (problem !== undefined) {
      return { ok: false, problem: `The volume ${JSON.stringify(path)} ${problem}` };
    }
    volumes.add(`/${components(path).join("/")}`);
  }
  return { ok: true, volumes: [...volumes].sort() };
}

function volumeProblem(path: string): string | undefined {
  if (!path.startsWith("/")) return "is not an absolute path.";
  if (components(path).length === 0) return "is the root directory, which cannot be a volume.";
  if (components(path).includes("..")) return 'contains "..".';
  if (path.includes(","))
    return "contains a comma, which would end the option on QEMU's command line.";
  if (/\p{Cc}|[\u2028\u2029]/u.test(path)) return "contains a control character.";
  if (/\p{Surrogate}/u.test(path)) return "is not valid Unicode.";
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    return `is longer than Linux allows (${MAX_PATH_BYTES} bytes).`;
  }
  return undefined;
}

function components(path: string): string[] {
  return path.split("/").filter((component) => component !== "" && component !== ".");
}
