// Needs QEMU, a kernel with 9p, busybox-static, setpriv, and a machine that lets users make mount namespaces.
// Boots two VMs.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { writeGvmi } from "../../src/gvmi/write.ts";
import { cacheDirectory } from "../../src/system/cache-directory.ts";
import { prepareSystemRuntime } from "../../src/vm/system-runtime.ts";
import { bundleCli, type CliResult } from "../support/cli.ts";
import { entry, fileEntry } from "../support/entries.ts";

const MIB = 1024 * 1024;

const which = (name: string) => execFileSync("which", [name], { encoding: "utf8" }).trim();

let directory: string;
let program: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
  for (const name of ["t", "cache/golem-image"])
    mkdirSync(join(directory, name), { recursive: true });
  program = await bundleCli();
  const entries = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    entry("bin/sh", { type: "symlink", linkTarget: "busybox" }),
  ];
  const config = { Volumes: { "/golem/output": {} }, WorkingDir: "/" };
  await writeGvmi(entries, config, join(directory, "image.gvmi"), { compression: "gzip" });
  // Another user cannot read this one's cache, and need not download the kernel again.
  await prepareSystemRuntime();
  cpSync(join(cacheDirectory(), "kernels"), join(directory, "cache/golem-image/kernels"), {
    recursive: true,
  });
  for (const path of [".", "t", "cache", "cache/golem-image"])
    chmodSync(join(directory, path), 0o777);
});

afterAll(() => {
  rmSync(program);
  rmSync(directory, { recursive: true });
});

/** Runs the program as nobody when this is root. */
function golemImage(...args: string[]): Promise<CliResult> {
  return golemImageWithPath(process.env.PATH, args);
}

async function golemImageWithPath(PATH: string | undefined, args: string[]): Promise<CliResult> {
  const asNobody = [
    which("setpriv"),
    "--reuid",
    "65534",
    "--regid",
    "65534",
    "--clear-groups",
    "--",
  ];
  const [command = "", ...rest] = [
    ...(process.getuid?.() === 0 ? asNobody : []),
    ...[process.execPath, program, ...args],
  ];
  const child = spawn(command, rest, {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH,
      NO_COLOR: "1",
      TMPDIR: join(directory, "t"),
      XDG_CACHE_HOME: join(directory, "cache"),
    },
  });
  const exit = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exit, stdout, stderr };
}

test("a user who is not root has volumes with a limit that is enforced, and outputs with one", async () => {
  const script =
    "cd /golem/output; /bin/busybox dd if=/dev/zero of=large bs=1M count=3; /bin/busybox yes | /bin/busybox head -n 600000";
  const { exitCode, stdout, stderr } = await golemImage(
    ...["exec", "image.gvmi", "--runtime", "system", "--storage", "2MiB", "--output-limit", "1"],
    ...["--json", "--", "/bin/sh", "-c", script],
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const result = JSON.parse(stdout);
  expect(result.stdout).toBe(
    `${"y\n".repeat(MIB / 2)}\n[... ${1_200_000 - MIB} bytes more are not shown]\n`,
  );
  expect(result.stderr).toContain("No space left on device");
  expect(result.measurements).toMatchObject({
    storage: { limitMib: 2, enforcement: "enforced" },
    volumes: [{ path: "/golem/output", bytes: 2 * MIB, isOverLimit: false }],
  });
});

test("where a limit cannot be enforced, what was over it fails the run, even if it was removed", async () => {
  // QEMU, and none of the programs that mount.
  const programs = join(directory, "programs");
  mkdirSync(programs, { mode: 0o755 });
  symlinkSync(which("qemu-system-x86_64"), join(programs, "qemu-system-x86_64"));
  const script =
    "cd /golem/output; /bin/busybox dd if=/dev/zero of=large bs=1M count=3 2>/dev/null && /bin/busybox sleep 3 && /bin/busybox rm large";
  const { exitCode, stdout, stderr } = await golemImageWithPath(programs, [
    ...["exec", "image.gvmi", "--runtime", "system", "--storage", "2MiB", "--json"],
    ...["--", "/bin/sh", "-c", script],
  ]);
  expect(exitCode).toBe(16);
  expect(JSON.parse(stdout)).toMatchObject({
    exitCode: 0,
    measurements: {
      storage: { limitMib: 2, enforcement: "checked-afterwards" },
      volumes: [{ path: "/golem/output", bytes: 0, isOverLimit: true }],
    },
  });
  expect(stderr).toMatch(
    /^error: More than the 2 MiB that vm.storage allows .* \/golem\/output\.\nnext: .*unshare is not installed/,
  );
});

test("exec ends when boot and command together take too long", async () => {
  const { exitCode, stderr } = await golemImage(
    ...["exec", "image.gvmi", "--runtime", "system", "--timeout", "1h", "--total-timeout", "500ms"],
    ...["--", "/bin/sh"],
  );
  expect(exitCode).toBe(18);
  expect(stderr).toContain("The boot and the command together took longer than 0.5 s.");
});

test("exec boots one VM, so it takes one profile", async () => {
  const { exitCode, stderr } = await golemImage(
    ...["exec", "image.gvmi", "--profile", "v0.4", "--profile", "v0.5", "--", "/bin/sh"],
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain("cannot have the profiles v0.4, v0.5 together");
});
