// Needs bash and coreutils. Nothing is installed: the script sees a PATH that lacks almost everything.
import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COREUTILS =
  "cut dirname env grep head id ldd mktemp paste printf rm setpriv sort tail timeout".split(" ");

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-"));
  await chmod(directory, 0o755);
  // Another user may not be allowed to read this checkout.
  await mkdir(join(directory, "scripts"));
  await copyFile("scripts/setup.sh", join(directory, "scripts", "setup.sh"));
  for (const name of COREUTILS) {
    const { stdout } = spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    await symlink(stdout.trim() || "/bin/false", join(directory, name));
  }
});

afterEach(() => rm(directory, { recursive: true }));

async function addProgram(name: string, script: string): Promise<void> {
  await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function setUp(args: string[] = [], wrapper: string[] = []) {
  const [program = "", ...rest] = [...wrapper, "/bin/bash", "scripts/setup.sh", ...args];
  const { status, stderr } = spawnSync(program, rest, {
    encoding: "utf8",
    cwd: directory,
    env: { PATH: directory, LC_ALL: "C" },
  });
  return { status, stderr };
}

describe("scripts/setup.sh", () => {
  it("says that Node.js is missing, and which version is needed", () => {
    expect(setUp()).toEqual({
      status: 1,
      stderr:
        "setup: Node.js is not installed. Version 20.15 or newer is needed: https://nodejs.org/en/download\n",
    });
  });

  it.each(["v18.20.4", "v20.9.0"])("refuses Node.js %s by its version", async (version) => {
    await addProgram("node", `echo ${version}`);
    const { status, stderr } = setUp();
    expect(status).toBe(1);
    expect(stderr).toMatch(`setup: Node.js ${version} is too old.`);
  });

  it.each(["v20.15.0", "v24.0.1"])(
    "lists the programs to install where there is no apt-get (%s)",
    async (version) => {
      await addProgram("node", `echo ${version}`);
      const { status, stderr } = setUp(["--for", "demo", "--with-buildah"]);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /there is no apt-get to install them with: qemu-system-x86_64 tar2sqfs .*buildah/,
      );
      expect(stderr).not.toContain("musl-gcc");
    },
  );

  it("shows what apt-get said when it fails, and the command", async () => {
    await addProgram("node", "echo v24.0.1");
    await addProgram("sudo", '"$@"');
    await addProgram("apt-get", "echo E: the mirror is down; exit 100");
    const { status, stderr } = setUp();
    expect(status).toBe(1);
    expect(stderr).toContain("E: the mirror is down");
    expect(stderr).toMatch(/Try it by hand: apt-get install --no-install-recommends .*musl-tools/);
  });

  it("asks for root where there is no sudo", async () => {
    await addProgram("node", "echo v24.0.1");
    await addProgram("apt-get", "exit 100");
    const isRoot = process.getuid?.() === 0;
    const asNobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    const { status, stderr } = setUp([], isRoot ? asNobody : []);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /Installing packages needs root, and there is no sudo\. Run as root: apt-get install/,
    );
  });

  it.each([
    [["--for", "fun"], '--for takes demo or test, not "fun".'],
    [["--fast"], "unknown argument: --fast."],
  ])("refuses %j", (args, message) => {
    const { status, stderr } = setUp(args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});
