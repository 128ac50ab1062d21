import { posix } from "node:path";
import type { FileView } from "../checks/files/file-view.ts";
import { resolveProgram } from "../checks/resolve-program.ts";
import { variablesOf } from "../checks/structure/expand-variables.ts";
import { findUser, type GuestUser } from "../checks/structure/user.ts";
import type { Probe, ProbeSubject } from "./probe.ts";
import { withTool } from "./with-tool.ts";

/** Where packages put PostgreSQL's own programs when no PATH leads to them: a directory for each version. */
const VERSIONED = [
  { parent: "/usr/lib/postgresql", name: /^\d+(\.\d+)?$/, below: "bin" },
  { parent: "/usr", name: /^pgsql-\d+(\.\d+)?$/, below: "bin" },
  { parent: "/usr/libexec", name: /^postgresql\d+$/, below: "" },
] as const;

/** Accounts that can own a cluster: PostgreSQL runs as no root, and only as a user that has a name. */
const ACCOUNTS = ["postgres", "nobody"];

/** Under emulation initdb takes 10 to 40 s. */
const TIMEOUT_MS = 240_000;

/** For the server's socket, since not every image lets everybody write to /tmp. */
const SOCKETS = "/tmp/parity-postgres";

/** The root directory is opened first: that it is closed to other users is the matter of another question. */
const PREPARE = `made=$( { chmod a+rx / && mkdir -p ${SOCKETS} && chown "$3" ${SOCKETS} &&
cd "$1" && mkdir parity-postgres && chown "$3" parity-postgres && chmod 700 parity-postgres; } 2>&1 ) || echo "fails: $made"`;

const RUN = `cd "$1/parity-postgres" 2>/dev/null || { echo "fails: its owner cannot enter the directory"; exit; }
if { "$2/initdb" -N -A trust --no-locale -D cluster &&
"$2/pg_ctl" -s -w -t 60 -D cluster -o "-c listen_addresses= -k ${SOCKETS}" -l log start &&
"$2/pg_ctl" -s -w -m fast -D cluster stop; } > out 2>&1; then echo works; exit; fi
[ ! -e log ] || while IFS= read -r line; do echo "$line"; done < log >> out
why=; while IFS= read -r line; do
case "$line" in *error:*|*FATAL:*|*PANIC:*) why=$line; break;; *) [ -z "$line" ] || why=$line;; esac
done < out; echo "fails: $why"`;

/**
 * The question whether a PostgreSQL cluster can be made in a volume, started and stopped, by the user that it belongs to.
 *
 * @returns undefined for an image without PostgreSQL, or without a user for it
 */
export async function postgresProbe(
  volume: string,
  { gvmi, atRest }: ProbeSubject,
): Promise<Probe | undefined> {
  if (!atRest) return undefined;
  const directory = await findPrograms(atRest, variablesOf(gvmi.env).get("PATH"));
  const user = await findAccount(atRest);
  if (directory === undefined || !user) return undefined;
  const args = [volume, directory, `${user.uid}:${user.gid}`];
  return {
    id: "volume:postgresql",
    title: `A PostgreSQL cluster (in ${volume})`,
    cause: "volume-file-system",
    prepare: withTool("chmod", withTool("mkdir", withTool("chown", PREPARE))),
    script: RUN,
    args,
    user,
    timeoutMs: TIMEOUT_MS,
    expected: "works",
  };
}

/** The directory of initdb and pg_ctl, of the newest version when there are several. */
async function findPrograms(
  files: FileView,
  searchPath: string | undefined,
): Promise<string | undefined> {
  const inPath = await directoryOf(files, "initdb", searchPath);
  if (inPath !== undefined && (await isComplete(files, inPath))) return inPath;
  for (const { parent, name, below } of VERSIONED) {
    const versions = (await files.list(parent))
      .filter((candidate) => name.test(candidate))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
    for (const version of versions) {
      const directory = posix.join(parent, version, below);
      if (await isComplete(files, directory)) return directory;
    }
  }
  return undefined;
}

async function directoryOf(files: FileView, name: string, searchPath: string | undefined) {
  const found = await resolveProgram(files, name, { searchPath, workingDirectory: "/" });
  return "path" in found ? posix.dirname(found.path) : undefined;
}

async function isComplete(files: FileView, directory: string): Promise<boolean> {
  const programs = ["initdb", "pg_ctl"].map((name) => files.follow(posix.join(directory, name)));
  return (await Promise.all(programs)).every((program) => program !== undefined);
}

async function findAccount(files: FileView): Promise<GuestUser | undefined> {
  for (const name of ACCOUNTS) {
    const user = await findUser(files, name);
    if (user && user.uid !== 0) return user;
  }
  return undefined;
}
