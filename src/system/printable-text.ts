import { escapeControls } from "./display-text.ts";

/**
 * Text of a guest as a report can hold it: lines and tabs stay, every other control character (those that colour,
 * move a cursor, or turn the direction of writing) is shown as an escape.
 */
export function printableText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(/[^\n\t]+/g, escapeControls)
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD");
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printableText(text).replace(/[\n\t]+/g, " ");
}
