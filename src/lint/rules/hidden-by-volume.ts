import { type ByteString, displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { isAtOrBelow } from "../../system/paths-below.ts";
import { type EffectivePath, effectiveVolumes } from "../effective-image.ts";
import { entryPath, followLinks, imageFiles } from "../image-files.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

export const hiddenByVolume: Rule = {
  id: "GVM007",
  name: "hidden-by-volume",
  severity: "warning",
  depths: ["dockerfile", "files"],
  summary: "Files of the image below a VOLUME cannot be seen.",
  why: "An empty directory of the provider is mounted on each volume, over what the image has there.",
  cure: "Keep the files elsewhere in the image, and copy them into the volume in the init script when they must be there.",
  page: {
    bad: `FROM debian:12
COPY models /golem/work/models
VOLUME /golem/work`,
    good: `FROM debian:12
COPY models /opt/models
VOLUME /golem/work`,
    affected: "All providers.",
  },
  proof: [
    "what the image has below a volume and in /tmp is hidden",
    "what was moved is there, and programs start",
  ],
  *check(context) {
    const volumes = effectiveVolumes(context);
    if (volumes.length === 0) return;
    if (context.entries) yield* fromFiles(context.entries, volumes);
    else yield* fromDestinations(context, volumes);
  },
};

const CURE = "Keep them elsewhere, and copy them there in the init script if they are needed.";

interface Hidden {
  files: number;
  directories: number;
  bytes: number;
  largest: EntryMetadata | undefined;
}

function* fromFiles(
  entries: Iterable<EntryMetadata>,
  volumes: readonly EffectivePath[],
): Generator<RuleFinding> {
  const files = imageFiles(entries);
  // Entries name bytes, so volumes are compared as bytes, where their symbolic links lead.
  const mountPoints = volumes.map(({ path }) => followLinks(files, entryPath(path))?.path);
  const hidden = new Map<ByteString, Hidden>();
  const parents = new Set<ByteString>();
  for (const [index, { path }] of volumes.entries()) {
    const mountPoint = mountPoints[index] ?? entryPath(path);
    hidden.set(mountPoint, { files: 0, directories: 0, bytes: 0, largest: undefined });
    for (const parent of parentsOf(mountPoint)) parents.add(parent);
  }
  for (const entry of entries) {
    const below = innermostVolume(entry.path, hidden);
    // What leads to a nested volume is made again when that is mounted.
    if (below && !hidden.has(entry.path) && !parents.has(entry.path)) count(below, entry);
  }
  for (const [index, { path, place }] of volumes.entries()) {
    const mountPoint = mountPoints[index] ?? entryPath(path);
    const found = hidden.get(mountPoint);
    if (!found || found.files + found.directories === 0) continue;
    hidden.delete(mountPoint);
    yield { place, message: describe(path, found), cure: CURE };
  }
}

/** From the innermost to the outermost. */
function* parentsOf(path: ByteString): Generator<ByteString> {
  for (let end = path.lastIndexOf("/"); end >= 0; end = path.lastIndexOf("/", end - 1)) {
    yield path.slice(0, end);
    if (end === 0) return;
  }
}

/** The volume that a path is in; parents are looked up, so many volumes cost nothing. */
function innermostVolume(
  path: ByteString,
  volumes: ReadonlyMap<ByteString, Hidden>,
): Hidden | undefined {
  for (const parent of parentsOf(path)) {
    const volume = volumes.get(parent);
    if (volume) return volume;
  }
  return undefined;
}

function count(hidden: Hidden, entry: EntryMetadata): void {
  if (entry.type === "directory") {
    hidden.directories++;
    return;
  }
  hidden.files++;
  hidden.bytes += entry.size;
  if (entry.size > (hidden.largest?.size ?? -1)) hidden.largest = entry;
}

function describe(path: string, { files, directories, bytes, largest }: Hidden): string {
  const volume = displayText(path);
  if (!largest) {
    const what = directories === 1 ? "1 directory" : `${directories} directories`;
    return `VOLUME ${volume} hides ${what} of the image: the volume is empty when the VM starts.`;
  }
  const name = displayText(`/${displayName(largest.path)}`);
  const size = formatBytes(largest.size);
  const what =
    files === 1
      ? `1 file of the image (${name}, ${size})`
      : `${files} files of the image (${formatBytes(bytes)}; the largest is ${name}, ${size})`;
  return `VOLUME ${volume} hides ${what}: the volume is empty when the VM starts.`;
}

/** Without the image, what COPY and ADD put below a volume is known to be hidden. */
function* fromDestinations(
  { declared }: LintContext,
  volumes: readonly EffectivePath[],
): Generator<RuleFinding> {
  const distinct = new Map<string, EffectivePath>();
  for (const volume of volumes) {
    if (!distinct.has(volume.path)) distinct.set(volume.path, volume);
  }
  for (const { path, place } of declared?.copies ?? []) {
    const volume = [...distinct.values()].find(
      (candidate) => path !== undefined && isAtOrBelow(path, candidate.path),
    );
    if (path === undefined || !volume) continue;
    yield {
      place,
      message: `What is copied to ${displayText(path)} is hidden by VOLUME ${displayText(volume.path)} (line ${volume.place.line}), which is empty when the VM starts.`,
      cure: "Keep it elsewhere, and copy it there in the init script if it is needed.",
    };
  }
}
