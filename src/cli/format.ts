export { formatMilliseconds } from "../system/format-milliseconds.ts";

/** Rows of label and value, the values aligned. */
export function formatTable(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join("\n");
}
