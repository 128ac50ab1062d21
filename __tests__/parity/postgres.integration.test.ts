// Needs QEMU, a kernel with 9p, busybox-static, and PostgreSQL's programs from npm; boots two VMs.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import type { Entry } from "../../src/oci/entry.ts";
import { compareWithDocker } from "../../src/pipeline/parity.ts";
import type { VmSettings } from "../../src/settings/settings.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { describeWithPostgres, postgresEntries } from "../support/postgres.ts";

const TOOLS = ["sh", "chmod", "chown", "mkdir"];
const isRoot = process.getuid?.() === 0;

const vm: VmSettings = {
  runtime: { name: "system" },
  memory: 256,
  cpus: 1,
  accelerator: "auto",
  timeouts: { boot: 250_000, command: 60_000, total: 280_000 },
};

const directory = mkdtempSync(join(tmpdir(), "gi-"));
afterAll(() => rmSync(directory, { recursive: true }));

function imageEntries(): Entry[] {
  return [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    ...TOOLS.map((name) => entry(`bin/${name}`, { type: "symlink", linkTarget: "busybox" })),
    entry("etc"),
    fileEntry("etc/passwd", "root:x:0:0::/:/bin/sh\npostgres:x:999:998::/:/bin/sh\n"),
    ...postgresEntries(),
    entry("data"),
  ];
}

describeWithPostgres("PostgreSQL with its data in a volume", () => {
  let path: string;
  beforeAll(async () => {
    path = join(directory, "image.gvmi");
    await writeGvmi(imageEntries(), { Volumes: { "/data": {} } }, path, { compression: "gzip" });
  });

  async function ask(extra: Partial<VmSettings> = {}) {
    const progress = { detail: () => {}, note: () => {} };
    const settings = { ...vm, ...extra };
    const result = await compareWithDocker({ path, vm: settings, tests: [], progress });
    expect(result.failure).toBeNull();
    return new Map(result.surroundings.map((one) => [one.id, one]));
  }

  it("is tried as its own user, to whom the closed root directory is no obstacle", async () => {
    const around = await ask();
    expect(around.get("other-users")).toMatchObject({ golem: "no" });
    // A volume's files belong to whom QEMU runs as, who can give them away as root alone.
    const expected = isRoot
      ? { golem: "works", differs: false }
      : {
          golem: "fails: chown: parity-postgres: Operation not permitted",
          cause: { rule: "GVM014" },
        };
    expect(around.get("volume:postgresql")).toMatchObject(expected);
  });

  (isRoot ? it : it.skip)("says what PostgreSQL said when it fails (needs root)", async () => {
    const around = await ask({ storage: 8 });
    expect(around.get("volume:postgresql")).toMatchObject({
      golem: expect.stringMatching(/^fails: .*No space left on device/),
      differs: true,
    });
  });
});
