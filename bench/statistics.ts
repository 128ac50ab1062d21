/** @throws {RangeError} for no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError("There is no median of no values.");
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/**
 * The median of the ratios of values that were measured one after the other: what slows the machine down
 * for a while slows both, so these ratios vary less than the values do.
 *
 * @param values by round
 * @param references of the same rounds
 */
export function medianRatio(values: readonly number[], references: readonly number[]): number {
  const ratios = values.flatMap((value, round) => {
    const reference = references[round];
    return reference === undefined ? [] : [value / reference];
  });
  return median(ratios);
}
