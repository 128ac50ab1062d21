// Needs unshare, nsenter, mount (util-linux), and a machine that lets root and others make mount namespaces.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { bundle } from "../../support/cli.ts";

const MIB = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

let program: string;
/** The temporary directory of every program. */
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
  chmodSync(directory, 0o777);
  program = await bundle("__tests__/vm/storage/fill-volume.ts");
});

afterAll(() => {
  rmSync(program);
  rmSync(directory, { recursive: true });
});

type Who = "this user" | "nobody";

function start(who: Who, args: string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
  const [command = "", ...rest] = [
    ...(who === "nobody" ? asNobody : []),
    ...[process.execPath, program, ...args],
  ];
  return spawn(command, rest, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TMPDIR: directory, ...env },
  });
}

async function firstLine({ stdout }: ChildProcess) {
  if (!stdout) throw new Error("no stdout");
  const [line] = await once(createInterface(stdout), "line");
  return JSON.parse(line);
}

const users: Who[] = isRoot ? ["this user", "nobody"] : ["this user"];

test.each(users)("a volume holds no more than its limit, for %s", async (who) => {
  const child = start(who);
  const result = await firstLine(child);
  expect(result).toMatchObject({
    outcomes: ["written", expect.stringContaining("ENOSPC")],
    size: MIB,
    report: { limitMib: 4, enforcement: "enforced" },
    usage: [
      { path: "/a", bytes: MIB, isOverLimit: false },
      { path: "/b", bytes: 4 * MIB, isOverLimit: false },
    ],
  });
  expect(await once(child, "exit")).toEqual([0, null]);
  // Nobody else sees the mounts, and their namespace has ended.
  expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain("golem-volume");
  expect(result.directories.filter(existsSync)).toEqual([]);
});

test("a program that is killed leaves no mount behind", async () => {
  const child = start("this user", ["--wait"]);
  const { directories } = await firstLine(child);
  const [, holder] = /^\/proc\/(\d+)\/root\//.exec(directories[0]) ?? [];
  expect(existsSync(`/proc/${holder}`)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  while (isAlive(holder)) await setImmediate();
});

function isAlive(pid: string | undefined): boolean {
  const stat = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/stat`, "utf8") : "";
  return stat !== "" && !/\) Z /.test(stat);
}

test("where nobody may mount, a volume over its limit is found out", async () => {
  // None of the programs that mount is there.
  const child = start("this user", [], { PATH: directory });
  expect(await firstLine(child)).toMatchObject({
    outcomes: ["written", "written"],
    report: {
      limitMib: 4,
      enforcement: "checked-afterwards",
      reason: "this user may not mount (unshare is not installed)",
    },
    usage: [
      { path: "/a", isOverLimit: false },
      { path: "/b", isOverLimit: true },
    ],
  });
  expect(await once(child, "exit")).toEqual([0, null]);
});
