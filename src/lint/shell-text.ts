/**
 * The lines of a shell script that do something, with lines that a backslash joins as one; comments and
 * what is only printed are left out, because it may quote commands that nobody runs.
 */
export function commandLines(script: string): string[] {
  return script
    .replace(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, ""))
    .filter((line) => !/^\s*(echo|printf|log|die|usage)\b/.test(line) && line.trim() !== "");
}
