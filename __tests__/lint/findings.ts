import type { Finding } from "../../src/lint/finding.ts";

export function finding(properties: Partial<Finding> = {}): Finding {
  return {
    rule: "GVM010",
    severity: "error",
    file: "Dockerfile",
    line: 2,
    column: 8,
    message: "cannot work",
    ...properties,
  };
}

/** Texts that would be more than text in a format that does not escape them. */
export const HOSTILE_TEXTS = [
  "a\nb\r\nc",
  "100%, 50%25",
  "a,b:c::d",
  "::error file=x::y",
  "\n::add-path::/tmp",
  "\u2028\u0000\u001b[31m\uD800\uFFFF",
  `<a b="c" d='e'>&amp;</a>`,
  "é 🙂",
];
