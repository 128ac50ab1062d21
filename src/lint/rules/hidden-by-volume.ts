import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { type EffectivePath, effectiveVolumes, isAtOrBelow } from "../effective-image.ts";
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
  // Entries name bytes, so volumes are compared as bytes.
  const hidden = new Map<string, Hidden>();
  for (const { path } of volumes) {
    hidden.set(entryPath(path), { files: 0, directories: 0, bytes: 0, largest: undefined });
  }
  for (const entry of entries) {
    const below = outermostVolume(entry.path, hidden);
    if (below) count(below, entry);
  }
  for (const { path, place } of volumes) {
    const found = hidden.get(entryPath(path));
    if (!found || found.files + found.directories === 0) continue;
    hidden.delete(entryPath(path));
    yield { place, message: describe(path, found) };
  }
}

function entryPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return Buffer.from(parts.join("/"), "utf8").toString("latin1");
}

/** The volume furthest up that hides a path; parents are looked up, so many volumes cost nothing. */
function outermostVolume(path: string, volumes: ReadonlyMap<string, Hidden>): Hidden | undefined {
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
    const volume = volumes.get(path.slice(0, end));
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
    return `VOLUME ${volume} hides ${what} of the image: the volume is empty when the VM starts. ${CURE}`;
  }
  const name = displayText(`/${displayName(largest.path)}`);
  const size = formatBytes(largest.size);
  const what =
    files === 1
      ? `1 file of the image (${name}, ${size})`
      : `${files} files of the image (${formatBytes(bytes)}; the largest is ${name}, ${size})`;
  return `VOLUME ${volume} hides ${what}: the volume is empty when the VM starts. ${CURE}`;
}

function formatBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const name = unit === 0 && bytes === 1 ? "byte" : units[unit];
  return `${unit === 0 ? value : value.toFixed(1)} ${name}`;
}

/** Without the image, what COPY and ADD put below a volume is known to be hidden. */
function* fromDestinations(
  { declared }: LintContext,
  volumes: readonly EffectivePath[],
): Generator<RuleFinding> {
  for (const { path, place } of declared?.copies ?? []) {
    const volume = volumes.find(
      (candidate) => path !== undefined && isAtOrBelow(path, candidate.path),
    );
    if (path === undefined || !volume) continue;
    yield {
      place,
      message: `What is copied to ${displayText(path)} is hidden by VOLUME ${displayText(volume.path)} (line ${volume.place.line}), which is empty when the VM starts. Keep it elsewhere, and copy it there in the init script if it is needed.`,
    };
  }
}
