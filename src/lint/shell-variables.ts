/**
 * The environment variables that a shell script reads: those that it neither sets itself nor has a default
 * for. What stands in single quotes or comments is not looked at.
 */
export function variablesOf(script: string): Set<string> {
  const text = readable(script);
  const own = new Set<string>();
  const assignments =
    /(?:^|[\s;&|(])(?:export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)*)?([A-Za-z_]\w*)\+?=|\bfor\s+([A-Za-z_]\w*)\b|\bread\s+(?:-\w+\s+)*([A-Za-z_]\w*)/g;
  for (const [, assigned, looped, read] of text.matchAll(assignments)) {
    own.add(assigned ?? looped ?? read ?? "");
  }
  const used = new Set<string>();
  for (const match of text.matchAll(/\$(?:([A-Za-z_]\w*)|\{[#!]?([A-Za-z_]\w*)(:?[-=+?])?)/g)) {
    const [, plain, braced, operator] = match;
    const name = plain ?? braced ?? "";
    if (operator === undefined && !own.has(name)) used.add(name);
  }
  return used;
}

/** The script without comments and without what single quotes and backslashes keep from the shell. */
function readable(script: string): string {
  let text = "";
  let isDoubleQuoted = false;
  for (let index = 0; index < script.length; index++) {
    const character = script.charAt(index);
    if (character === "\\") {
      index++;
      text += " ";
    } else if (character === '"') {
      isDoubleQuoted = !isDoubleQuoted;
      text += character;
    } else if (character === "'" && !isDoubleQuoted) {
      const end = script.indexOf("'", index + 1);
      index = end < 0 ? script.length : end;
      text += " ";
    } else if (character === "#" && !isDoubleQuoted && /^$|\s/.test(script.charAt(index - 1))) {
      const end = script.indexOf("\n", index);
      index = (end < 0 ? script.length : end) - 1;
    } else {
      text += character;
    }
  }
  return text;
}
