// Needs QEMU, a kernel with 9p, mksquashfs and busybox-static. Boots one VM per profile.
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentClient } from "../../src/vm/agent/client.ts";
import type { Profile } from "../../src/vm/profiles.ts";
import { startVm, type TestVm } from "../support/vm.ts";
import { finish, MIB, shell, startShell } from "./shell.ts";

const files = {
  "/etc/hosts": "10.1.2.3 from-the-image",
  "/etc/resolv.conf": "nameserver 9.9.9.9\n",
  "/tmp/hidden": "",
  "/golem/input/hidden": "",
  "/opt/not-executable": "",
};

interface Mount {
  type: string;
  options: string[];
}

async function mountsOf(client: AgentClient): Promise<Map<string, Mount>> {
  const text = await shell(client, "cat /proc/mounts");
  return new Map(
    text
      .trim()
      .split("\n")
      .map((line) => {
        const [, path = "", type = "", options = ""] = line.split(" ");
        return [path, { type, options: options.split(",") }];
      }),
  );
}

interface Expectation {
  profile: Profile;
  rootMode: string;
  passesEnvironment: boolean;
  hidesStartErrors: boolean;
}

const expectations: Expectation[] = [
  { profile: "documented", rootMode: "700", passesEnvironment: false, hidesStartErrors: false },
  { profile: "v0.3", rootMode: "700", passesEnvironment: true, hidesStartErrors: false },
  { profile: "v0.4", rootMode: "755", passesEnvironment: true, hidesStartErrors: true },
  { profile: "v0.5", rootMode: "755", passesEnvironment: false, hidesStartErrors: true },
];

describe.each(expectations)("profile $profile", (expected) => {
  let vm: TestVm;
  let client: AgentClient;

  beforeAll(async () => {
    vm = await startVm({ profile: expected.profile, files });
    client = vm.client;
  });

  afterAll(async () => {
    client?.close();
    await vm?.close();
  });

  test("the root directory's owner and mode", async () => {
    expect(await shell(client, "stat -c '%a %u %g' /")).toBe(`${expected.rootMode} 0 0\n`);
  });

  test("another user than root", async () => {
    const command = { bin: "/bin/id", argv: ["id", "-u"], uid: 1000, gid: 1000 };
    if (expected.rootMode === "755") {
      expect((await finish(await client.run(command))).stdout).toBe("1000\n");
    } else {
      await expect(client.run(command)).rejects.toMatchObject({ code: "EACCES" });
    }
  });

  test("the size of the overlay", async () => {
    const { overlaySize, memoryTotal } = await client.statistics();
    if (expected.profile === "v0.5") {
      expect(Math.abs(overlaySize / memoryTotal - 0.5)).toBeLessThan(0.02);
    } else {
      expect(overlaySize).toBe(128 * MIB);
    }
  });

  test("the environment", async () => {
    const script = "cat /proc/self/environ";
    const command = { bin: "/bin/cat", argv: ["cat", "/proc/self/environ"], env: ["A=1", "B=x y"] };
    const { stdout } = await finish(await client.run(command));
    expect(stdout).toBe(expected.passesEnvironment ? "A=1\0B=x y\0" : "");
    expect((await finish(await startShell(client, script))).end).toEqual({ exitCode: 0 });
  });

  test.each([
    ["a missing program", { bin: "/bin/missing" }, "ENOENT"],
    ["a program named without a path", { bin: "sh", cwd: "/etc" }, "ENOENT"],
    ["a file that is not executable", { bin: "/opt/not-executable" }, "EACCES"],
    ["a missing working directory", { bin: "/bin/true", cwd: "/missing" }, "ENOENT"],
  ])("%s", async (_, command, code) => {
    const started = client.run({ argv: ["x"], ...command });
    if (expected.hidesStartErrors) {
      expect(await finish(await started)).toEqual({ end: { exitCode: 9 }, stdout: "", stderr: "" });
    } else {
      await expect(started).rejects.toMatchObject({ code });
    }
  });

  test("the mounts", async () => {
    const mounts = await mountsOf(client);
    expect([...mounts.keys()].sort()).toEqual([
      "/",
      "/dev",
      "/dev/pts",
      "/dev/shm",
      "/golem/deep/output",
      "/golem/input",
      "/proc",
      "/sys",
      "/tmp",
    ]);
    const has = (path: string, type: string, ...options: string[]) =>
      expect(mounts.get(path)).toEqual({ type, options: expect.arrayContaining(options) });
    has("/", "overlay", "rw", "nodev");
    has("/proc", "proc");
    has("/sys", "sysfs");
    has("/dev", "devtmpfs", "size=2048k");
    has("/dev/pts", "devpts");
    has("/dev/shm", "tmpfs", "noexec");
    has("/tmp", "tmpfs", "mode=777");
    for (const volume of vm.volumes.keys()) {
      has(volume, "9p", "sync", "access=client", "trans=virtio", "msize=512000");
    }
  });

  test("/tmp is half of the RAM, empty, and without the sticky bit", async () => {
    const { tmpSize, memoryTotal } = await client.statistics();
    expect(Math.abs(tmpSize / memoryTotal - 0.5)).toBeLessThan(0.02);
    expect(await shell(client, "stat -c %a /tmp; ls -A /tmp")).toBe("777\n");
  });

  test("devices", async () => {
    const script = `
      echo out > /dev/stdout; echo gone > /dev/null; readlink /dev/fd; readlink /dev/stdin
      head -c 2 /dev/zero | od -An -tx1; : < /dev/ptmx && echo terminals; echo x > /dev/shm/x && echo shared`;
    expect(await shell(client, script)).toBe(
      "out\n/proc/self/fd\n/proc/self/fd/0\n 00 00\nterminals\nshared\n",
    );
  });

  test("/etc/hosts and /etc/resolv.conf", async () => {
    const [first, ...added] = (await shell(client, "cat /etc/hosts")).trim().split("\n");
    expect(first).toBe("10.1.2.3 from-the-image");
    expect(added).toContain("127.0.0.1\tlocalhost");
    expect(await shell(client, "cat /etc/resolv.conf")).toBe(
      "nameserver 1.1.1.1\nnameserver 8.8.8.8\n",
    );
  });

  test("who a command is and what it may", async () => {
    expect(await shell(client, "id -u; id -g; umask; ulimit -n; hostname; pwd")).toBe(
      "0\n0\n0022\n1024\ngolem\n/\n",
    );
    const status = await shell(client, "grep -E '^(CapEff|Seccomp|Groups):' /proc/self/status");
    expect(status).toMatch(/CapEff:\t[0-9a-f]*ffffffffff\n/);
    expect(status).toMatch(/Seccomp:\t0\n/);
    expect(status).toMatch(/Groups:\t *\n/);
  });

  test("stdin is an empty file of the agent's", async () => {
    const stdin = await shell(client, "readlink /proc/self/fd/0; wc -c");
    expect(stdin).toMatch(/^\/var\/tmp\/guest_agent_private\/fds\/[0-9]+\/0\n0\n$/);
  });

  test("network: the loopback interface alone, with large socket buffers", async () => {
    expect(await shell(client, "ls /sys/class/net; ip -4 -o addr | cut -d' ' -f2-7")).toBe(
      "lo\nlo    inet 127.0.0.1/8\n",
    );
    expect(await shell(client, "cat /proc/sys/net/core/rmem_max /proc/sys/net/core/wmem_max")).toBe(
      "2097152\n2097152\n",
    );
  });

  test("volumes are empty, writable from both sides, and made with mode 0755", async () => {
    const host = vm.volumes.get("/golem/input") ?? "";
    expect(
      await shell(client, "ls -A /golem/input; stat -c %a /golem/deep /golem/deep/output"),
    ).toBe("755\n755\n");
    await writeFile(join(host, "question"), "40 + 2");
    await shell(client, "echo $(($(cat question))) > answer; chmod 640 answer", {
      cwd: "/golem/input",
    });
    expect(await readFile(join(host, "answer"), "utf8")).toBe("42\n");
    expect((await stat(join(host, "answer"))).mode & 0o777).toBe(0o640);
  });

  test("the console tells that the agent serves", async () => {
    expect(await vm.console()).toMatch(/^golem-agent: ready\r?$/m);
    expect(await vm.console()).not.toContain("cannot load");
  });
});
