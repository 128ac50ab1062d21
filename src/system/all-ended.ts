/**
 * What `Promise.all` gives, but only when every promise has settled: nothing that a failed one's siblings
 * still use may be closed before.
 *
 * @throws the first rejection in the order of `promises`
 */
export async function allEnded<T extends readonly unknown[]>(
  promises: {
    readonly [K in keyof T]: Promise<T[K]> | T[K];
  },
): Promise<T> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as unknown as T;
}
