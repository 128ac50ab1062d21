/** The lines of a Markdown table. @param rows the first has the headings */
export function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |`);
  const [heading = "", ...others] = lines;
  const rule = `|${" --- |".repeat(rows[0]?.length ?? 0)}`;
  return [heading, rule, ...others];
}

/** A value as a cell has it: bold when it is above its limit. @param unit behind the number */
export function verdict(value: number, limit: number, digits = 3, unit = ""): string {
  const text = `${value.toFixed(digits)}${unit}`;
  return value <= limit ? text : `**${text}**`;
}
