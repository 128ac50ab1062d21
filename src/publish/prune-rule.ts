/** Which images of a name are kept: those that at least one of the rules keeps. */
export interface KeepRule {
  /** So many of the latest, the newest among them. */
  readonly last?: number;
  /** Those that were published in so many days before now. */
  readonly days?: number;
}

/** Images, and days: more than anybody counts. */
export const MOST_KEPT = 100_000;

/** An image of a directory, as far as pruning goes. */
export interface PrunableImage {
  readonly name: string;
  readonly hash: string;
  /** When it was published first, and last if that is another time, in ISO 8601. */
  readonly published: string;
  readonly lastPublished?: string | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When an image was published last, in ISO 8601. */
export const latestOf = ({ published, lastPublished }: PrunableImage): string =>
  lastPublished ?? published;

/**
 * The images that a rule does not keep. Only those of the same name as the newest are looked at, and that one is
 * always kept.
 *
 * @param newest the image that was just published
 * @param now milliseconds since 1970
 */
export function imagesToPrune<T extends PrunableImage>(
  images: readonly T[],
  newest: Pick<T, "name" | "hash">,
  { last, days }: KeepRule,
  now: number,
): readonly T[] {
  if (last === undefined && days === undefined) return [];
  const older = images
    .filter(({ name, hash }) => name === newest.name && hash !== newest.hash)
    .sort((one, other) => Date.parse(latestOf(other)) - Date.parse(latestOf(one)));
  return older.filter((image, index) => {
    const isLate = last !== undefined && index + 1 < last;
    const isYoung = days !== undefined && now - Date.parse(latestOf(image)) <= days * DAY_MS;
    return !isLate && !isYoung;
  });
}
