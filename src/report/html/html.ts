import { printableText } from "../../system/printable-text.ts";

/** Text that is HTML already. Only `html` makes it, which escapes all else. */
export class Html {
  readonly text: string;

  private constructor(text: string) {
    this.text = text;
  }

  /** @param text of this program alone, never of a guest or a file */
  static trusted(text: string): Html {
    return new Html(text);
  }

  toString(): string {
    return this.text;
  }
}

export type HtmlValue = Html | string | number | readonly Html[] | false | null | undefined;

/** HTML in which every value that is not HTML itself is text. `false`, `null` and `undefined` are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? "";
  for (const [index, value] of values.entries()) {
    text += toText(value) + (strings[index + 1] ?? "");
  }
  return Html.trusted(text);
}

function toText(value: HtmlValue): string {
  if (value === false || value === null || value === undefined) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escapeHtml(printableText(value));
  return value.map(({ text }) => text).join("");
}

/** For content and for values between any quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
