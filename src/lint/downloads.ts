/** A command of a shell script that needs the Internet. */
export interface Download {
  /** From 0. */
  readonly line: number;
  /** As it is written, up to the end of the command. */
  readonly command: string;
}

/** What can stand between the start of a command and its program. */
const PREFIX =
  /^(?:(?:then|do|else|if|elif|while|until|[!{])\s+|(?:\S*\/)?(?:exec|sudo|time|nohup|command|env|tini|dumb-init)\s+|(?:\S*\/)?(?:gosu|su-exec)\s+\S+\s+|[A-Za-z_]\w*=\S*\s+|-\S+\s+)*/;

/** Programs that fetch what a package index or a public service has. */
const FETCHES = [
  /^(?:\S*\/)?pip[\d.]*\s(?:.*\s)?(?:install|download)\s/,
  /^(?:\S*\/)?python[\d.]*\s+-m\s+pip\s(?:.*\s)?(?:install|download)\s/,
  /^(?:\S*\/)?uv\s+(?:sync|pip\s+install)(?:\s|$)/,
  /^(?:\S*\/)?(?:npm|pnpm)\s+(?:install|ci|i|add|update)(?:\s|$)/,
  /^(?:\S*\/)?yarn\s+(?:install|add)(?:\s|$)/,
  /^(?:\S*\/)?(?:apt-get|apt|aptitude)\s(?:.*\s)?(?:install|update|upgrade|dist-upgrade)(?:\s|$)/,
  /^(?:\S*\/)?(?:dnf|microdnf|yum)\s(?:.*\s)?(?:install|update|upgrade|makecache)(?:\s|$)/,
  /^(?:\S*\/)?apk\s(?:.*\s)?(?:add|update|upgrade)(?:\s|$)/,
  /^(?:\S*\/)?gem\s+(?:install|update)\s/,
  /^(?:\S*\/)?bundle\s+(?:install|update)(?:\s|$)/,
  /^(?:\S*\/)?composer\s(?:.*\s)?(?:install|update|require)(?:\s|$)/,
  /^(?:\S*\/)?(?:conda|mamba|micromamba)\s(?:.*\s)?(?:install|create|update)\s/,
  /^(?:\S*\/)?cargo\s+install\s/,
  /^(?:\S*\/)?go\s+(?:get|install|mod\s+download)(?:\s|$)/,
  /^(?:\S*\/)?(?:huggingface-cli|hf)\s+download\s/,
  /^(?:\S*\/)?(?:docker|podman)\s+pull\s/,
];

/** Options that keep them from the network, and paths in place of names. */
const OFFLINE = /\s--?(?:no-index|offline|no-network|local|prefer-offline|dry-run|help|version)\b/;

/** Programs that fetch what a URL names; only a public name is certain to be on the Internet. */
const URL_PROGRAM = /^(?:\S*\/)?(?:curl|wget|aria2c|http|git\s+(?:clone|fetch|pull))\s/;
const PUBLIC_URL =
  /(?:^|[\s"'=])(?:https?|ftp|git):\/\/(?:[^\s/@"']*@)?(?:[\w-]+\.)+([a-z]{2,})(?=[:/\s"']|$)/i;
const PRIVATE_ENDS = new Set([
  "local",
  "internal",
  "lan",
  "localhost",
  "localdomain",
  "home",
  "test",
]);

/** A longer command is not read to its end. */
const MAX_LENGTH = 2000;

/** The commands of a script that download something, in their order. */
export function findDownloads(script: string): Download[] {
  const downloads: Download[] = [];
  const lines = script.split(/\r?\n/);
  let heredocEnd: string | undefined;
  for (let index = 0; index < lines.length; index++) {
    const first = index;
    let text = lines[index] ?? "";
    if (heredocEnd !== undefined) {
      if (text.trim() === heredocEnd) heredocEnd = undefined;
      continue;
    }
    while (text.endsWith("\\") && index + 1 < lines.length && text.length < MAX_LENGTH) {
      text = `${text.slice(0, -1)} ${(lines[++index] ?? "").trim()}`;
    }
    heredocEnd = /<<-?\s*["']?(\w+)["']?/.exec(text)?.[1];
    for (const command of commandsOf(text.slice(0, MAX_LENGTH))) {
      if (isDownload(command)) downloads.push({ line: first, command });
    }
  }
  return downloads;
}

function isDownload(command: string): boolean {
  if (OFFLINE.test(command)) return false;
  if (!URL_PROGRAM.test(command)) return FETCHES.some((pattern) => pattern.test(`${command} `));
  const end = PUBLIC_URL.exec(command)?.[1];
  return end !== undefined && !PRIVATE_ENDS.has(end.toLowerCase());
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
  const trimmed = command.trim();
  return trimmed.slice(PREFIX.exec(`${trimmed} `)?.[0].length ?? 0);
}
