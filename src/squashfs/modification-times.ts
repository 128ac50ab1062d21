import type { Entry, EntryMetadata, Timestamp } from "../oci/entry.ts";

/**
 * What becomes of the times of files: kept, at most `clamp` (seconds since the epoch, as
 * `SOURCE_DATE_EPOCH` means it), or all at the epoch.
 */
export type ModificationTimes = "keep" | "epoch" | { readonly clamp: number };

/** Squashfs keeps whole seconds as an unsigned 32-bit number. */
const MAX_SECONDS = 2 ** 32 - 1;

/** The time that squashfs holds: fractions are dropped, what is before 1970 or after 2106 is clamped. */
export function squashfsSeconds(modified: Timestamp, times: ModificationTimes = "keep"): number {
  if (times === "epoch") return 0;
  const latest = times === "keep" ? MAX_SECONDS : Math.min(times.clamp, MAX_SECONDS);
  return Math.max(0, Math.min(Math.floor(modified.seconds), latest));
}

/** The entries with the times that `squashfsSeconds` gives them. */
export async function* withModificationTimes(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  times: ModificationTimes,
): AsyncGenerator<Entry> {
  for await (const entry of entries) yield { ...entry, modified: settled(entry, times) };
}

function settled({ modified }: EntryMetadata, times: ModificationTimes): Timestamp {
  return { seconds: squashfsSeconds(modified, times), nanoseconds: 0 };
}
