/** What was used last, so that it need not be read again. */
export class Recent<Value> {
  private readonly values = new Map<number, Value>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  async get(key: number, load: () => Promise<Value>): Promise<Value> {
    const known = this.values.get(key);
    this.values.delete(key);
    const value = known ?? (await load());
    this.values.set(key, value);
    if (this.values.size > this.limit) {
      for (const oldest of this.values.keys()) {
        this.values.delete(oldest);
        break;
      }
    }
    return value;
  }
}
