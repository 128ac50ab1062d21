import type { TextFormatOptions } from "../lint/format-text.ts";
import type { Styles } from "./styles.ts";

/** Colours of a finding's parts. */
export function paintFinding(styles: Styles): NonNullable<TextFormatOptions["paint"]> {
  const paints = {
    error: styles.red,
    warning: styles.yellow,
    info: styles.cyan,
    place: styles.bold,
    source: styles.dim,
  };
  return (part, text) => paints[part](text);
}
