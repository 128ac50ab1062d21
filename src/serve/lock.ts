/** Lets work that must not overlap wait for its turn. */
export class Lock {
  private last: Promise<unknown> = Promise.resolve();

  async hold<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    // Whoever comes next waits for the end, whatever it is.
    this.last = result.catch(() => {});
    return await result;
  }
}
