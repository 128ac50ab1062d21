import { type ShellCommand, shellCommands } from "./shell-commands.ts";

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

/** The commands of a script that download something, in their order. */
export function findDownloads(script: string): ShellCommand[] {
  return [...shellCommands(script)].filter(({ command }) => isDownload(command));
}

function isDownload(command: string): boolean {
  if (OFFLINE.test(command)) return false;
  if (!URL_PROGRAM.test(command)) return FETCHES.some((pattern) => pattern.test(`${command} `));
  const end = PUBLIC_URL.exec(command)?.[1];
  return end !== undefined && !PRIVATE_ENDS.has(end.toLowerCase());
}
