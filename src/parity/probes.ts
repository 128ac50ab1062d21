import { postgresProbe } from "./postgres-probe.ts";
import type { Probe, ProbeSubject } from "./probe.ts";
import { withTool } from "./with-tool.ts";

/** Lists a directory with nothing but a shell. */
const LIST = `cd "$1" 2>/dev/null || { echo "no such directory"; exit; }
n=0; for f in .[!.]* *; do { [ -e "$f" ] || [ -L "$f" ]; } || continue
n=$((n+1)); [ $n -le 5 ] && printf '%s ' "$f"; done
[ $n -eq 0 ] && echo "(empty)"; [ $n -gt 5 ] && echo "and $((n-5)) more"; :`;

const ROOT = { uid: 0, gid: 0 };
const NOBODY = { uid: 65534, gid: 65534 };
const SHOWN_NAMES = 5;

/** The questions that make sense for an image. */
export async function probesFor(subject: ProbeSubject): Promise<Probe[]> {
  const { gvmi, atRest } = subject;
  const probes: Probe[] = [];
  const variables = gvmi.env
    .map((entry) => /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(entry))
    .filter((match) => match !== null);
  if (variables.length > 0) {
    probes.push({
      id: "environment",
      title: "Variables of ENV",
      cause: "environment",
      // The shell sets PATH itself, but exports it only when it was there.
      script: `seen=; while IFS= read -r line || [ -n "$line" ]; do seen="$seen $line"; done < /proc/self/environ
for name in "$@"; do case "$seen" in *"$name="*) printf '%s ' "$name";; esac; done; [ -n "$seen" ] || echo none`,
      args: variables.map(([, name]) => name ?? ""),
      expected: variables.map(([, name]) => name).join(" "),
    });
  }
  probes.push({
    id: "user",
    title: "User of a command",
    cause: "user",
    script: `while read -r key id rest; do [ "$key" = Uid: ] && echo "uid $id"; done < /proc/self/status`,
    args: [],
  });
  probes.push({
    id: "working-directory",
    title: "Working directory",
    cause: "hidden-files",
    script: "pwd",
    args: [],
    expected: gvmi.workingDirectory,
  });
  for (const path of [...gvmi.volumes, "/tmp"]) {
    const names = (await atRest?.list(path)) ?? [];
    if (names.length === 0) continue;
    const more = names.length > SHOWN_NAMES ? `and ${names.length - SHOWN_NAMES} more` : "";
    probes.push({
      id: `contents:${path}`,
      title: `What is in ${path} at the start`,
      cause: "hidden-files",
      script: LIST,
      args: [path],
      expected: [...names.slice(0, SHOWN_NAMES), more].join(" ").trim(),
    });
  }
  probes.push({
    id: "other-users",
    title: "Whether another user than root can look into /",
    cause: "permissions",
    script: `cd / 2>/dev/null && for f in *; do [ -e "$f" ] && { echo yes; exit; }; done; echo no`,
    args: [],
    user: NOBODY,
    whenItFails: "no",
    expected: "yes",
  });
  probes.push({
    id: "network",
    title: "Network interfaces",
    cause: "network",
    script: `while read -r name rest; do case "$name" in *:*) printf '%s ' "\${name%%:*}";; esac; done < /proc/net/dev`,
    args: [],
  });
  const [volume] = gvmi.volumes;
  if (volume !== undefined) {
    probes.push(...volumeProbes(volume));
    // The last one, since it opens the root directory.
    const postgres = await postgresProbe(volume, subject);
    if (postgres) probes.push(postgres);
  }
  return probes;
}

/** What a program with its data in a volume may do. */
function volumeProbes(volume: string): Probe[] {
  const probe = (id: string, title: string, script: string): Probe => ({
    id: `volume:${id}`,
    title: `${title} (in ${volume})`,
    cause: "volume-file-system",
    script: `cd "$1" && ${script}`,
    args: [volume],
    // It is about the file system, not about who may write to it.
    user: ROOT,
    whenItFails: "fails",
    expected: "works",
  });
  const verdict = '&& echo works || echo "fails"';
  return [
    probe(
      "hard-links",
      "Hard links",
      withTool("ln", `echo x > link-a && ln link-a link-b ${verdict}`),
    ),
    probe("symbolic-links", "Symbolic links", withTool("ln", `ln -s target symlink ${verdict}`)),
    probe(
      "unlinked-files",
      "Files that are open and removed",
      withTool("rm", `exec 3<> open && rm open && echo x >&3 && [ -s /proc/self/fd/3 ] ${verdict}`),
    ),
    probe("locks", "Locks (flock)", withTool("flock", `: > lock && flock -n lock -c : ${verdict}`)),
    probe("fifos", "Named pipes", withTool("mkfifo", `mkfifo pipe ${verdict}`)),
    probe("devices", "Device nodes", withTool("mknod", `mknod null c 1 3 ${verdict}`)),
    probe(
      "owners",
      "Changing owners",
      withTool("chown", `: > owned && chown 1000:1000 owned ${verdict}`),
    ),
    probe(
      "shared-mmap",
      "Writable memory maps that are shared",
      withTool(
        "python3",
        `python3 -c 'import mmap
f = open("map", "wb+"); f.write(b"x" * 4096); f.flush()
m = mmap.mmap(f.fileno(), 4096); m[0:1] = b"y"; m.flush()' ${verdict}`,
      ),
    ),
    probe(
      "sqlite",
      "An SQLite database with a write-ahead log",
      withTool(
        "python3",
        `python3 -c 'import sqlite3
c = sqlite3.connect("test.db"); assert c.execute("pragma journal_mode=wal").fetchone()[0] == "wal"
c.execute("create table t(x)"); c.execute("insert into t values(1)"); c.commit()' ${verdict}`,
      ),
    ),
  ];
}
