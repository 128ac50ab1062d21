type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/**
 * A list of numbers that grows. An image may have millions of inodes: a property of each takes 1 to 8
 * bytes here, many times less than in an object.
 */
export class Column {
  length = 0;
  private values: Numbers;
  private readonly make: (length: number) => Numbers;

  private constructor(make: (length: number) => Numbers) {
    this.make = make;
    this.values = make(256);
  }

  static uint8(): Column {
    return new Column((length) => new Uint8Array(length));
  }

  static uint16(): Column {
    return new Column((length) => new Uint16Array(length));
  }

  static uint32(): Column {
    return new Column((length) => new Uint32Array(length));
  }

  /** Whole numbers up to 2^53: positions in files. */
  static float64(): Column {
    return new Column((length) => new Float64Array(length));
  }

  /** @returns the index of the new value */
  push(value: number): number {
    if (this.length === this.values.length) {
      const grown = this.make(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  get(index: number): number {
    return this.values[index] as number;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }
}
