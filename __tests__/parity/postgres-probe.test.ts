import type { FileView } from "../../src/checks/files/file-view.ts";
import { postgresProbe } from "../../src/parity/postgres-probe.ts";

const PASSWD = "root:x:0:0::/:/bin/sh\nnobody:x:65534:65533::/:\n";
const image = { env: [], volumes: ["/data"], entrypoint: [], cmd: [], workingDirectory: "/" };

/** Programs by their paths, and /etc/passwd. */
function filesOf(programs: readonly string[], passwd = PASSWD): FileView {
  const follow: FileView["follow"] = async (path) =>
    programs.includes(path) ? { mode: 0o100755, uid: 0, gid: 0, size: 1 } : undefined;
  return {
    find: follow,
    follow,
    read: async () => ({ bytes: Buffer.from(passwd), isCut: false }),
    list: async (path) => [
      ...new Set(
        programs
          .filter((program) => program.startsWith(`${path}/`))
          .map((program) => program.slice(path.length + 1).split("/")[0] ?? ""),
      ),
    ],
  };
}

const both = (directory: string) => [`${directory}/initdb`, `${directory}/pg_ctl`];

const directoryFor = async (atRest: FileView, env: string[] = []) =>
  (await postgresProbe("/data", { gvmi: { ...image, env }, atRest }))?.args[1];

test.each([
  ["in PATH", both("/opt/pg/bin"), "/opt/pg/bin", ["PATH=/bin:/opt/pg/bin"]],
  [
    "of Debian, the newest",
    both("/usr/lib/postgresql/9.6/bin").concat(both("/usr/lib/postgresql/15/bin")),
    "/usr/lib/postgresql/15/bin",
  ],
  ["of Red Hat", both("/usr/pgsql-16/bin"), "/usr/pgsql-16/bin"],
  ["of Alpine", both("/usr/libexec/postgresql17"), "/usr/libexec/postgresql17"],
  [
    "where a version has no server",
    ["/usr/lib/postgresql/16/bin/pg_ctl", ...both("/usr/lib/postgresql/15/bin")],
    "/usr/lib/postgresql/15/bin",
  ],
  ["nowhere", ["/usr/bin/psql", "/usr/bin/initdb"], undefined],
])("its programs are found %s", async (_, programs, directory, env: string[] = []) => {
  expect(await directoryFor(filesOf(programs), env)).toBe(directory);
});

test("it belongs to postgres, or to somebody else than root with a name", async () => {
  const owner = async (passwd: string) => {
    const atRest = filesOf(both("/usr/bin"), passwd);
    const probe = await postgresProbe("/data", { gvmi: image, atRest });
    expect(probe?.args[2]).toBe(probe?.user && `${probe.user.uid}:${probe.user.gid}`);
    return probe?.args[2];
  };
  expect(await owner(`${PASSWD}postgres:x:70:71::/:/bin/sh\n`)).toBe("70:71");
  expect(await owner(PASSWD)).toBe("65534:65533");
  expect(await owner("postgres:x:0:0::/:/bin/sh\n")).toBeUndefined();
});
