// Needs QEMU, a kernel, busybox-static, musl-gcc and tar2sqfs. Boots a dozen VMs, two at a time.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VmError } from "../../../src/errors.ts";
import { convertArchive } from "../../../src/pipeline/convert.ts";
import { lintImage } from "../../../src/pipeline/lint-image.ts";
import { withSourceImage } from "../../../src/pipeline/source-image.ts";
import { loadSettings } from "../../../src/settings/load-settings.ts";
import { withVirtualMachine } from "../../../src/vm/boot.ts";
import { CommandStartError } from "../../../src/vm/guest-errors.ts";
import type { NetworkAttachment } from "../../../src/vm/network/attachment.ts";
import { withOutboundAccess } from "../../../src/vm/network/outbound-access.ts";
import { parseOutboundUrl } from "../../../src/vm/network/outbound-url.ts";
import type { Profile } from "../../../src/vm/profiles.ts";
import { directory, file, symlink, type TestEntry } from "../../support/archives.ts";
import { elf64 } from "../../vm/image/programs.ts";
import { type Held, hold } from "../../vm/network/hold.ts";
import { busyboxEntries, makeProof, type Proof, type ProofVm, withProof } from "./boot.ts";

const PROFILES: Profile[] = ["documented", "v0.3", "v0.4", "v0.5"];
/** Root's alone, whatever the image says. */
const CLOSES_ROOT: readonly Profile[] = ["documented", "v0.3"];
const DROPS_ENVIRONMENT: readonly Profile[] = ["documented", "v0.5"];
const ARM_64 = 183;
const MIB = 1024 * 1024;

const program = (name: string, content: string | Buffer, mode = 0o755) =>
  file(name, content, { mode });
const device = (name: string, minor: number): TestEntry => ({
  name,
  type: "3",
  mode: 0o666,
  major: 1,
  minor,
});

/** A file that is all hole behind its first bytes. */
const sparse = (name: string, start: string, size: number) =>
  file(name, start, {
    pax: [
      ["GNU.sparse.major", "0"],
      ["GNU.sparse.minor", "1"],
      ["GNU.sparse.size", `${size}`],
      ["GNU.sparse.map", `0,${start.length}`],
    ],
  });

/** Gives up root before it serves, as its namesake does. */
const SERVER = "#!/bin/sh\nexec busybox su worker -c 'cat /srv/page'\n";
const TOOL = "#!/bin/sh\necho found\n";

const LIBRARIES = ["libc.so.6", "libcap-ng.so.0"].map((name) => `lib/x86_64-linux-gnu/${name}`);

let work: string;
let entries: TestEntry[];
let server: Server;
/** What the image's start downloads, from a host that only the Internet knows. */
let url: string;
beforeAll(async () => {
  server = createServer((_, response) => response.end("downloaded")).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://files.example.org:${(server.address() as AddressInfo).port}/`;
  work = mkdtempSync(join(tmpdir(), "gi-files-"));
  const mapShared = join(work, "map-shared");
  execFileSync("musl-gcc", ["-static", "-o", mapShared, join(__dirname, "map-shared.c")]);
  entries = [
    directory("./"),
    ...busyboxEntries(),
    symlink("bin/chmod", "busybox"),
    program("bin/map-shared", readFileSync(mapShared)),
    file("etc/passwd", "root:x:0:0::/:/bin/sh\nworker:x:1000:1000::/:/bin/sh\n"),
    file("etc/hosts", ""),
    file("srv/page", "hello\n"),
    // The env of a distribution with glibc, which busybox's is not.
    program("usr/bin/env", readFileSync("/usr/bin/env")),
    program("lib64/ld-linux-x86-64.so.2", readFileSync("/lib64/ld-linux-x86-64.so.2")),
    ...["usr/bin/setpriv", ...LIBRARIES].map((path) => program(path, readFileSync(`/${path}`))),
  ];
});
afterAll(() => {
  server.close();
  rmSync(work, { recursive: true, force: true });
});
const download = () => `wget -q -O - ${url}`;

/** Breaks each rule about files that does not keep the VM from booting. */
const bad = () => ({
  entries: [
    ...entries,
    file("var/lib/postgresql/data/seed.sql", "select 1"),
    program("tmp/start.sh", TOOL),
    program("usr/sbin/nginx", SERVER),
    sparse("srv/large.db", "SQLite format 3\0", 150 * MIB),
    program("usr/local/bin/arm", elf64(ARM_64)),
    program("usr/local/bin/snake", "#!/usr/bin/python3\n"),
    program("usr/local/bin/tool", TOOL),
    program("srv/run.js", "#!/usr/bin/env tool\n"),
    program("opt/setuid", TOOL, 0o4755),
    device("srv/null", 3),
    device("dev/own", 3),
  ],
  config: {
    Cmd: ["/bin/sh", "-c", `${download()} > /srv/downloaded; exec /tmp/start.sh`],
    User: "1234:5678",
    Env: ["DB_HOST=db", "PATH=/usr/local/bin:/usr/bin:/bin"],
    Volumes: { "/var/lib/postgresql/data": {} },
  },
});

/** The same, with the cures that an image can have. */
const good = () => ({
  entries: [
    ...entries,
    file("opt/seed.sql", "select 1"),
    program("opt/start.sh", TOOL),
    program("usr/bin/tool", TOOL),
    program("srv/run.js", "#!/usr/bin/env tool\n"),
    program("opt/setuid", TOOL),
  ],
  config: { Cmd: ["/opt/start.sh"], Env: ["DB_HOST=192.168.0.3"], Volumes: { "/data": {} } },
});

const RULES = [
  "GVM005",
  "GVM007",
  "GVM012",
  "GVM014",
  "GVM015",
  "GVM016",
  "GVM021",
  "GVM024",
  "GVM117",
];

async function bootAll(proof: Proof, profiles: readonly Profile[]): Promise<Map<Profile, ProofVm>> {
  const vms = new Map<Profile, ProofVm>();
  for (const pair of [profiles.slice(0, 2), profiles.slice(2)]) {
    await Promise.all(pair.map(async (profile) => vms.set(profile, await proof.boot(profile))));
  }
  return vms;
}

/** Older runtimes answer with an error; newer ones with exit code 9, and nothing else. */
async function expectNoStart(vm: ProofVm, path: string): Promise<void> {
  const ended = await vm.run([path]).catch((error) => error);
  if (ended instanceof CommandStartError) return;
  expect(ended).toMatchObject({ exitCode: 9, stdout: "", stderr: "" });
}

describe("an image with files that a VM treats otherwise", () => {
  let proof: Proof;
  let vms: Map<Profile, ProofVm>;
  const on = (profile: Profile) => vms.get(profile) as ProofVm;

  beforeAll(async () => {
    proof = await makeProof(bad());
    vms = await bootAll(proof, PROFILES);
  });
  afterAll(() => proof.close());

  test("is what lint finds", async () => {
    expect(await proof.rules()).toEqual(expect.arrayContaining([...RULES, "GVM013"]));
  });

  describe.each(PROFILES)("on %s", (profile) => {
    test("what the image has below a volume and in /tmp is hidden", async () => {
      expect(await on(profile).output("ls -A /var/lib/postgresql/data /tmp")).toBe(
        "/tmp:\n\n/var/lib/postgresql/data:\n",
      );
      await expectNoStart(on(profile), "/tmp/start.sh");
    });

    test("a program that gives up root reaches no file behind a closed root directory", async () => {
      const served = { exitCode: 0, stdout: "hello\n", stderr: "" };
      const before = await on(profile).run(["/usr/sbin/nginx"]);
      if (CLOSES_ROOT.includes(profile)) {
        expect(before.exitCode).not.toBe(0);
        expect(before.stderr).toMatch(/Permission denied|can't/);
      } else expect(before).toEqual(served);
      await on(profile).run(["/bin/busybox", "chmod", "+x", "/"]);
      expect(await on(profile).run(["/usr/sbin/nginx"])).toEqual(served);
    });

    test("the cure of a numeric USER starts a program as that user and group", async () => {
      const cure = (await proof.lint()).find(({ rule }) => rule === "GVM005")?.cure ?? "";
      const [change, open] = (cure.match(/\["[^\]]*\]/g) ?? []).map((argv) => JSON.parse(argv));
      expect(await on(profile).run(open)).toMatchObject({ exitCode: 0 });
      const command = change.with(-1, "/bin/busybox");
      expect(
        await on(profile).run([...command, "sh", "-c", "id -u; id -g; id -G"] as never),
      ).toEqual({ exitCode: 0, stdout: "1234\n5678\n5678\n", stderr: "" });
    });

    test("a volume refuses the memory maps that databases share", async () => {
      expect(await on(profile).output("map-shared /var/lib/postgresql/data; map-shared /srv")).toBe(
        "Invalid argument\nmapped\n",
      );
    });

    test("the first change of a large file outside of volumes does not fit", async () => {
      const { stderr } = await on(profile).sh("echo x >> /srv/large.db");
      expect(stderr).toContain("No space left on device");
    });

    test("a host name leads nowhere until /etc/hosts has it", async () => {
      const fetch = "wget -q -O - http://db:80/";
      expect((await on(profile).sh(fetch)).stderr).toContain("bad address 'db");
      await on(profile).sh("echo '127.0.0.1 db' >> /etc/hosts");
      expect((await on(profile).sh(fetch)).stderr).toContain("127.0.0.1");
    });

    test("a download at the start fails, because there is no network", async () => {
      const { exitCode, stdout, stderr } = await on(profile).sh(download());
      expect({ failed: exitCode !== 0, stdout }).toEqual({ failed: true, stdout: "" });
      expect(stderr).toContain("bad address 'files.example.org");
    });

    test("programs of another machine, or without their interpreter, do not start", async () => {
      for (const name of ["arm", "snake"]) {
        await expectNoStart(on(profile), `/usr/local/bin/${name}`);
      }
    });

    test("env finds a program that only PATH leads to where ENV is passed on", async () => {
      const ended = await on(profile).run(["/srv/run.js"]);
      if (DROPS_ENVIRONMENT.includes(profile)) {
        expect(ended).toMatchObject({ exitCode: 127, stdout: "" });
        expect(ended.stderr).toContain("'tool': No such file or directory");
        const cure = "PATH=/usr/local/bin:/usr/bin:/bin /srv/run.js";
        expect(await on(profile).output(cure)).toBe("found\n");
      } else expect(ended).toMatchObject({ exitCode: 0, stdout: "found\n" });
    });

    test("a setuid bit adds nothing to what every command may do", async () => {
      expect(await on(profile).output("grep -h CapEff /proc/self/status; id -u")).toMatch(
        /^CapEff:\t0*[137]?f+\n0\n$/,
      );
    });

    test("device nodes are hidden in /dev and dead elsewhere, until the init script makes them", async () => {
      const { stdout, stderr } = await on(profile).sh("ls /dev/own || echo none; : < /srv/null");
      expect(stdout).toBe("none\n");
      expect(stderr).toContain("/srv/null: Permission denied");
      expect(await on(profile).output("mknod /dev/own c 1 3; echo x > /dev/own; echo made")).toBe(
        "made\n",
      );
    });
  });
});

describe("the same image with the cures", () => {
  let proof: Proof;
  let vms: Map<Profile, ProofVm>;
  let access: Held<NetworkAttachment>;

  beforeAll(async () => {
    proof = await makeProof(good());
    const targets = [parseOutboundUrl(url)];
    // This machine, as the VM's network has it.
    const resolve = async () => ["10.0.2.2"];
    access = await hold((body) => withOutboundAccess({ targets, resolve }, body));
    const [documented, newest] = await Promise.all([
      proof.boot("documented", { network: access.value }),
      proof.boot("v0.5"),
    ]);
    vms = new Map([
      ["documented", documented],
      ["v0.5", newest],
    ]);
  });
  afterAll(async () => {
    await proof.close();
    await access.end();
  });

  test("is nothing that lint would find", async () => {
    const found = await proof.rules();
    expect(RULES.filter((rule) => found.includes(rule))).toEqual([]);
  });

  test("what was moved is there, and programs start", async () => {
    for (const vm of vms.values()) {
      expect(await vm.run(["/opt/start.sh"])).toMatchObject({ exitCode: 0, stdout: "found\n" });
      expect(await vm.run(["/srv/run.js"])).toMatchObject({ exitCode: 0, stdout: "found\n" });
      expect(await vm.output("cat /opt/seed.sql; mkdir /srv/db; map-shared /srv/db")).toBe(
        "select 1mapped\n",
      );
    }
  });

  test("a download works where the requestor asks for outbound access to its host", async () => {
    expect(await (vms.get("documented") as ProofVm).output(download())).toBe("downloaded");
  });

  test("more than memory has fits into a volume", async () => {
    const vm = vms.get("v0.5") as ProofVm;
    const write = (path: string) => vm.sh(`dd if=/dev/zero of=${path} bs=1M count=130`);
    expect((await write("/srv/large")).stderr).toContain("No space left on device");
    expect(await write("/data/large")).toMatchObject({ exitCode: 0 });
  });
});

describe("an image that no VM can boot", () => {
  const without = (...names: string[]) => entries.filter(({ name }) => !names.includes(name));
  const images: [string, () => TestEntry[]][] = [
    [
      "etc/resolv.conf",
      () => [...entries, symlink("etc/resolv.conf", "/run/systemd/resolve/stub")],
    ],
    ["etc/hosts", () => [...without("etc/hosts"), symlink("etc/hosts", "/opt/hosts")]],
    ["proc", () => [...without("proc/"), file("proc", "")]],
    ["var/tmp", () => [...without("var/tmp/"), symlink("var/tmp", "/tmp")]],
    ["etc", () => [...without("etc/", "etc/passwd", "etc/hosts"), file("etc", "")]],
  ];

  test("panics, and lint says why", async () => {
    const pending = [...images];
    const outcomes = new Map<string, unknown>();
    const next = async () => {
      for (let image = pending.shift(); image; image = pending.shift()) {
        const [path, make] = image;
        await withProof({ entries: make() }, async (proof) => {
          const error = await proof.boot("documented").catch((reason) => reason);
          const found = (await proof.lint()).filter(({ rule }) => rule === "GVM011");
          outcomes.set(path, {
            isVmError: error instanceof VmError,
            found: found.length,
            text: `${error.message} ${found[0]?.message}`,
          });
        });
      }
    };
    await Promise.all([next(), next()]);
    for (const [path] of images) {
      expect(outcomes.get(path)).toMatchObject({ isVmError: true, found: 1 });
      const { text } = outcomes.get(path) as { text: string };
      expect(text.match(new RegExp(`/${path}\\b`, "g"))?.length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("an image without a shell", () => {
  test("runs no shell text, and programs all the same", async () => {
    const shell = { name: "shell", run: "true" };
    await withProof({ entries: entries.filter(({ name }) => name !== "bin/sh") }, async (proof) => {
      const { settings } = await loadSettings(work);
      const tests = [shell] as unknown as (typeof settings)["tests"];
      const found = await withSourceImage(proof.archive, {}, (image) =>
        lintImage({ settings: { ...settings, tests }, image }),
      );
      expect(found.findings).toContainEqual(
        expect.objectContaining({ rule: "GVM017", severity: "error" }),
      );
      const vm = await proof.boot("v0.5");
      expect(await vm.run(["/bin/sh", "-c", "true"])).toMatchObject({ exitCode: 9, stdout: "" });
      expect(await vm.run(["/bin/busybox", "echo", "x"])).toMatchObject({
        exitCode: 0,
        stdout: "x\n",
      });
    });
  });
});

test("an image that is compressed with zstd is not booted, because no provider can", async () => {
  await withProof({ entries }, async (proof) => {
    const gvmi = join(work, "zstd.gvmi");
    await convertArchive({
      source: proof.archive,
      output: gvmi,
      compression: "zstd",
      allowUnreadable: true,
    });
    const { settings } = await loadSettings(work);
    const report = await withSourceImage(gvmi, {}, (image) => lintImage({ settings, image }));
    expect(report.findings.map(({ rule }) => rule)).toContain("GVM022");
    const image = { path: gvmi, volumes: [], workingDirectory: "/", environment: [] };
    const options = {
      runtime: { name: "system" },
      accelerator: "auto",
      memoryMib: 256,
      cpus: 1,
      bootTimeoutMs: 1000,
    } as const;
    await expect(withVirtualMachine(image, options, async () => {})).rejects.toThrow(VmError);
    const again = await withSourceImage(proof.gvmi, {}, (cured) =>
      lintImage({ settings, image: cured }),
    );
    expect(again.findings.map(({ rule }) => rule)).not.toContain("GVM022");
  });
});
