/** A simple command of a shell script. */
export interface ShellCommand {
  /** Where its line starts in the script, from 0. */
  readonly line: number;
  /** From its program on, as it is written. */
  readonly command: string;
}

/** What can stand between the start of a command and its program. */
const PREFIX =
  /^(?:(?:then|do|else|if|elif|while|until|[!{])\s+|(?:\S*\/)?(?:exec|sudo|time|nohup|command|env|tini|dumb-init)\s+|(?:\S*\/)?(?:gosu|su-exec)\s+\S+\s+|[A-Za-z_]\w*=\S*\s+|-\S+\s+)*/;

/** A longer command is not looked at to its end. */
const MAX_COMMAND = 2000;
/** As long as a line of a Dockerfile may be. */
const MAX_LINE = 65_535;

/** The simple commands of a script; here-documents and comments are left out. */
export function* shellCommands(script: string): Generator<ShellCommand> {
  const lines = script.split(/\r?\n/);
  let heredocEnd: string | undefined;
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let text = lines[index] ?? "";
    if (heredocEnd !== undefined) {
      if (text.trim() === heredocEnd) heredocEnd = undefined;
      continue;
    }
    while (text.endsWith("\\") && index + 1 < lines.length && text.length < MAX_LINE) {
      text = `${text.slice(0, -1)} ${(lines[++index] ?? "").trim()}`;
    }
    heredocEnd = /<<-?\s*["']?(\w+)["']?/.exec(text)?.[1];
    for (const command of commandsOf(text.slice(0, MAX_LINE))) {
      if (command !== "") yield { line: first, command };
    }
  }
}

/** The simple commands of a line, each from its program on; what is quoted stays together. */
function* commandsOf(line: string): Generator<string> {
  let start = 0;
  let quote = "";
  /** How many `"$(` are open: what they start is a command again. */
  let depth = 0;
  for (let index = 0; index <= line.length; index++) {
    const character = line.charAt(index);
    const isSubstitution = quote !== "'" && line.startsWith("$(", index);
    if (quote !== "" && !isSubstitution) {
      if (character === quote) quote = "";
      continue;
    }
    if (character === "'" || character === '"') {
      quote = character;
      continue;
    }
    const isComment = character === "#" && /^$|\s/.test(line.charAt(index - 1));
    if (!isComment && !isSubstitution && !/^$|[;&|()`]/.test(character)) continue;
    yield withoutPrefix(line.slice(start, index));
    if (isComment) return;
    if (isSubstitution && quote !== "") {
      depth++;
      quote = "";
    } else if (character === ")" && depth > 0) {
      depth--;
      quote = '"';
    }
    start = index + (isSubstitution ? 2 : 1);
    if (isSubstitution) index++;
  }
}

function withoutPrefix(command: string): string {
  const trimmed = command.trim().slice(0, MAX_COMMAND);
  return trimmed.slice(PREFIX.exec(`${trimmed} `)?.[0].length ?? 0);
}
