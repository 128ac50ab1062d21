import { displayText } from "../../system/display-text.ts";
import { isAtOrBelow } from "../../system/paths-below.ts";
import { type EffectiveVariable, effectiveVariables } from "../effective-commands.ts";
import { type EffectivePath, effectiveVolumes } from "../effective-image.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";
import { findServers, SERVERS } from "../servers.ts";

export const dataInVolume: Rule = {
  id: "GVM014",
  name: "data-in-volume",
  severity: "warning",
  depths: ["dockerfile", "config"],
  summary: "A database keeps its data in a VOLUME.",
  why: "Volumes are directories of the provider behind 9p, where a writable memory map that processes share is refused. On providers' kernels file locks and files that are open and deleted do not work there as databases need them, either, and another user than root cannot own files.",
  cure: "Keep the data outside of volumes, where 128 MB have to suffice, and copy dumps of it into a volume.",
  page: {
    bad: `FROM postgres:16
VOLUME /var/lib/postgresql/data`,
    good: `FROM postgres:16
# The base image's own VOLUME cannot be taken back, so the data goes elsewhere.
ENV PGDATA=/var/lib/pgdata
VOLUME /golem/output`,
    affected: "All providers.",
  },
  proof: [
    "a volume refuses the memory maps that databases share",
    "what was moved is there, and programs start",
  ],
  *check(context) {
    const volumes = effectiveVolumes(context);
    if (volumes.length === 0) return;
    yield* fromServers(context, volumes);
    yield* fromUrls(context, volumes);
  },
};

const CURE =
  "Keep the data outside of volumes (128 MB, in memory), and copy what is to be transferred into a volume.";

function* fromServers(
  context: LintContext,
  volumes: readonly EffectivePath[],
): Generator<RuleFinding> {
  const variables = effectiveVariables(context);
  const present = new Set(findServers(context).map(({ server }) => server));
  const reported = new Set<string>();
  // MySQL and MariaDB have the same directory: the one that is there comes first.
  const servers = [...present, ...SERVERS.filter((server) => !present.has(server))];
  for (const server of servers) {
    const { name, data, dataVariables } = server;
    const chosen = variables.filter((variable) => dataVariables.includes(variable.name));
    const directories = chosen.length > 0 ? chosen.map(({ value }) => value) : data;
    for (const directory of directories) {
      const isChosen = chosen.length > 0;
      const volume =
        volumes.find(({ path }) => path !== "/" && isAtOrBelow(directory, path)) ??
        (isChosen ? undefined : volumes.find(({ path }) => isItsVolume(path, directory)));
      // Only the server's own directories say by themselves that it is meant.
      const isMeant = isChosen || present.has(server) || isItsVolume(volume?.path, directory);
      if (!volume || !isMeant || reported.has(volume.path)) continue;
      reported.add(volume.path);
      yield {
        place: placeOf(volume, chosen),
        message: `${name} keeps its data in ${displayText(directory)}, and VOLUME ${displayText(volume.path)} is mounted there: memory maps that it shares are refused there, and file locks and owners are not what it needs.`,
        cure: CURE,
      };
      break;
    }
  }
}

/** `/data` could be anyone's; `/var/lib/mysql` is not. */
function isItsVolume(volume: string | undefined, directory: string): boolean {
  return volume !== undefined && directory.split("/").length > 3 && isAtOrBelow(volume, directory);
}

function placeOf(volume: EffectivePath, chosen: readonly EffectiveVariable[]) {
  return chosen[0]?.place ?? volume.place;
}

/** Such as `DATABASE_URL=sqlite:////data/app.db`. */
function* fromUrls(
  context: LintContext,
  volumes: readonly EffectivePath[],
): Generator<RuleFinding> {
  for (const { name, value, place } of effectiveVariables(context)) {
    const path = sqlitePath(value);
    const volume = volumes.find((candidate) => path && isAtOrBelow(path, candidate.path));
    if (path === undefined || !volume) continue;
    yield {
      place,
      message: `${displayText(name)} names a SQLite database in ${displayText(path)}, which is in VOLUME ${displayText(volume.path)}: memory maps that it shares (as for a write-ahead log) are refused there, and file locks are not what it needs.`,
      cure: CURE,
    };
  }
}

function sqlitePath(value: string): string | undefined {
  const url = /^sqlite3?:(?:\/\/)?(\/.*)$/.exec(value)?.[1];
  const path = url?.replace(/^\/+/, "/").replace(/[?#].*$/, "");
  return path ?? (/^\/[^:]*\.(sqlite3?|db3?|rocksdb|mdb)$/.exec(value) ? value : undefined);
}
