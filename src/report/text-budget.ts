import { printableText } from "../system/printable-text.ts";

/** Of what does not fit, as much of the beginning as of the end is kept. */
export function clipText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  const left = text.length - 2 * half;
  const end = half === 0 ? "" : text.slice(-half);
  return `${text.slice(0, half)}\n[... ${left} characters are left out of this report]\n${end}`;
}

/**
 * How much of guests' text a report holds, so that a run that printed without end has a report that can be opened.
 * What comes first is kept; the JSON report has all of it.
 */
export class TextBudget {
  #left: number;
  readonly #each: number;

  /**
   * @param total characters of all texts
   * @param each characters of one text
   */
  constructor(total: number, each: number) {
    this.#left = total;
    this.#each = each;
  }

  /** The text, printable, as far as there is room for it. */
  take(text: string): string {
    // What is cut off needs no look at each of its characters.
    const near = clipText(text, 2 * this.#each);
    const clipped = clipText(printableText(near), Math.min(this.#each, this.#left));
    this.#left = Math.max(0, this.#left - clipped.length);
    return clipped;
  }
}
