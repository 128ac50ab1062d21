const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes as messages have it, such as `1 byte` or `5.0 MiB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const name = unit === 0 && bytes === 1 ? "byte" : UNITS[unit];
  return `${unit === 0 ? value : value.toFixed(1)} ${name}`;
}

/** Such as `1 file`, `3 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun.replace(/y$/, "ie")}s`}`;
}
