import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { isAtOrBelow } from "../../system/paths-below.ts";
import { effectiveVariables } from "../effective-commands.ts";
import { basePlace, effectiveVolumes } from "../effective-image.ts";
import { entryScriptBytes } from "../entry-scripts.ts";
import { entryPath, imageFiles } from "../image-files.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";
import { findServers } from "../servers.ts";
import { commandLines } from "../shell-text.ts";
import { startedScripts } from "../started-scripts.ts";

const MEBIBYTE = 1024 * 1024;
/** A file that is changed is copied into memory whole, where it has to share 128 MB. */
const LARGE_DATABASE = 64 * MEBIBYTE;
const SQLITE_MAGIC = "SQLite format 3\0";

/** Where programs keep what they download, most of it larger than the VM's memory for it. */
const CACHE_VARIABLES = [
  ...["HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "TRANSFORMERS_CACHE", "TORCH_HOME"],
  ...["KERAS_HOME", "XDG_CACHE_HOME", "U2NET_HOME", "WHISPER_CACHE", "OLLAMA_MODELS"],
];

const INSTALLS =
  /\b(?:(?:apt-get|apt|dnf|microdnf|yum|apk)\s+(?:-\S+\s+)*(?:install|add|upgrade)|(?:pip3?|npm|yarn|pnpm|gem|bundle|composer|conda|mamba)\s+(?:-\S+\s+)*(?:install|ci)|cargo\s+(?:build|install)|go\s+(?:build|install))\b/;

export const workOutsideVolumes: Rule = {
  id: "GVM015",
  name: "work-outside-volumes",
  severity: "info",
  depths: ["dockerfile", "config", "files"],
  summary: "What is written outside of volumes has to fit into little memory.",
  why: "Everything outside of volumes is kept in the VM's memory: 128 MB in most runtimes, half of the VM's memory in 0.5. A write beyond that fails with: No space left on device.",
  cure: "Let programs write large files, caches and logs into a VOLUME, or put what they would download into the image.",
  page: {
    bad: `FROM python:3.12
ENV HF_HOME=/root/models
VOLUME /golem/output`,
    good: `FROM python:3.12
ENV HF_HOME=/golem/work/models
VOLUME /golem/output /golem/work`,
    affected:
      "All providers; 128 MB with the profiles documented, v0.3 and v0.4, half of the VM's memory with v0.5.",
  },
  proof: [
    "the first change of a large file outside of volumes does not fit",
    "more than memory has fits into a volume",
  ],
  contents(entry, config) {
    return Math.max(
      isLargeDatabase(entry) ? SQLITE_MAGIC.length : 0,
      entryScriptBytes(entry, config),
    );
  },
  *check(context) {
    yield* databases(context);
    yield* caches(context);
    yield* installations(context);
    yield* largeFiles(context);
  },
};

const LIMIT = "128 MB of memory (half of the VM's memory with runtime 0.5)";

function* databases(context: LintContext): Generator<RuleFinding> {
  const volumes = effectiveVolumes(context);
  const variables = effectiveVariables(context);
  for (const { server, evidence, place } of findServers(context)) {
    const chosen = variables.find(({ name }) => server.dataVariables.includes(name))?.value;
    // Images of databases declare a volume for the usual place, which is not known before the image is.
    if (!context.config && chosen === undefined && evidence.startsWith("FROM ")) continue;
    const directories = chosen === undefined ? server.data : [chosen];
    const isInVolume = directories.some((directory) =>
      volumes.some(({ path }) => isAtOrBelow(directory, path) || isAtOrBelow(path, directory)),
    );
    if (directories.length === 0 || isInVolume) continue;
    yield {
      place,
      message: `${server.name} (${displayText(evidence)}) keeps its data in ${displayText(directories[0] ?? "")}: all of it has to fit into ${LIMIT}, together with everything else outside of volumes.`,
    };
  }
}

function* caches(context: LintContext): Generator<RuleFinding> {
  const volumes = effectiveVolumes(context);
  for (const { name, value, place } of effectiveVariables(context)) {
    if (!CACHE_VARIABLES.includes(name) || !value.startsWith("/")) continue;
    if (volumes.some(({ path }) => isAtOrBelow(value, path)) || hasFiles(context, value)) continue;
    yield {
      place,
      message: `${name} keeps downloads in ${displayText(value)}, outside of volumes: they have to fit into ${LIMIT}.`,
      cure: "Point it into a VOLUME, or download what is needed while the image is built.",
    };
  }
}

/** What the image brings along need not be downloaded. */
function hasFiles({ entries }: LintContext, directory: string): boolean {
  if (!entries || imageFiles(entries).find(entryPath(directory)) === undefined) return false;
  const below = `${entryPath(directory)}/`;
  for (const { path } of entries) if (path.startsWith(below)) return true;
  return false;
}

function* installations(context: LintContext): Generator<RuleFinding> {
  for (const { name, text, place } of startedScripts(context)) {
    const command = commandLines(text)
      .map((line) => INSTALLS.exec(line)?.[0])
      .find((found) => found !== undefined);
    if (command === undefined) continue;
    yield {
      place,
      message: `${name} runs ${displayText(command)} when it starts: what that writes outside of volumes has to fit into ${LIMIT}.`,
      cure: "Install while the image is built.",
    };
  }
}

function isLargeDatabase({ path, size }: EntryMetadata): boolean {
  return size >= LARGE_DATABASE && /\.(sqlite3?|db3?|gpkg|mbtiles)$/i.test(path);
}

function* largeFiles(context: LintContext): Generator<RuleFinding> {
  const { entries, contents } = context;
  if (!entries || !contents) return;
  const files = imageFiles(entries);
  const volumes = effectiveVolumes(context).map(({ path }) => entryPath(path));
  for (const [path, head] of contents) {
    if (!head.subarray(0, SQLITE_MAGIC.length).equals(Buffer.from(SQLITE_MAGIC))) continue;
    const entry = files.find(path);
    if (!entry || !isLargeDatabase(entry)) continue;
    if (volumes.some((volume) => path.startsWith(`${volume}/`))) continue;
    yield {
      place: basePlace(context),
      message: `The SQLite database ${displayText(`/${displayName(path)}`)} has ${formatBytes(entry.size)}: with the first change all of it is copied into memory, where ${LIMIT} have to suffice.`,
    };
  }
}
