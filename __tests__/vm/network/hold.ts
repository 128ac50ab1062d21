/** What a function lends to its body, kept until `end` is called, so that several tests can share it. */
export interface Held<T> {
  readonly value: T;
  end(): Promise<void>;
}

/** @param lend calls its argument with the value, as `withVirtualMachine` and its like do */
export function hold<T>(
  lend: (body: (value: T) => Promise<void>) => Promise<void>,
): Promise<Held<T>> {
  return new Promise((resolve, reject) => {
    const ended = lend(
      (value) =>
        new Promise<void>((release) => {
          resolve({
            value,
            end: () => {
              release();
              return ended;
            },
          });
        }),
    );
    ended.catch(reject);
  });
}
