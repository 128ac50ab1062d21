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

/** A here-document is a script when a shell reads it; deeper ones are not looked at. */
const MAX_DEPTH = 4;

/** Where here-documents start; not `<<<`, which is a word. */
const HEREDOC_START = /(?<!<)<<-?[ \t]*(?:["']([\w.-]+)["']|\\?([A-Za-z_][\w.-]*))/g;
/** `1 << n` is no here-document. */
const ARITHMETIC = /\(\([^()]*\)\)/g;
/** A shell that reads its script from its input. */
const READING_SHELL = /^(?:\S*\/)?(?:ba|da|a|z|k)?sh(?:\s+-[a-zA-Z]+)*$/;
const REDIRECTIONS = /\d*(?:<<-?\s*\\?["']?[\w.-]+["']?|[<>]+&?\s*\S+)/g;

/** The simple commands of a script. Comments are left out, and here-documents that no shell reads. */
export function shellCommands(script: string): Generator<ShellCommand> {
  return commandsOfLines(script.split(/\r?\n/), 0, 0);
}

function* commandsOfLines(
  lines: readonly string[],
  firstLine: number,
  depth: number,
): Generator<ShellCommand> {
  const last = new Map(lines.map((line, index) => [line.trim(), index]));
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let text = lines[index] ?? "";
    while (text.endsWith("\\") && index + 1 < lines.length && text.length < MAX_LINE) {
      text = `${text.slice(0, -1)} ${(lines[++index] ?? "").trim()}`;
    }
    const line = text.slice(0, MAX_LINE);
    const commands = [...commandsOf(line)].filter((command) => command !== "");
    for (const command of commands) yield { line: firstLine + first, command };
    const isScript = depth < MAX_DEPTH && commands.some(readsScript);
    for (const name of heredocNames(line)) {
      // Without its end it is something else, such as a word in quotes.
      if ((last.get(name) ?? 0) <= index) continue;
      const start = index + 1;
      index = start;
      while (lines[index]?.trim() !== name) index++;
      if (!isScript) continue;
      yield* commandsOfLines(lines.slice(start, index), firstLine + start, depth + 1);
    }
  }
}

function heredocNames(line: string): string[] {
  if (!line.includes("<<")) return [];
  const matches = line.replace(ARITHMETIC, "").matchAll(HEREDOC_START);
  return [...matches].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

function readsScript(command: string): boolean {
  return READING_SHELL.test(command.replace(REDIRECTIONS, "").trim());
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
