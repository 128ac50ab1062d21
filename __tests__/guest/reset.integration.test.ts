// Needs QEMU, a kernel with 9p, mksquashfs and busybox-static. Boots one VM.
import type { AgentClient } from "../../src/vm/agent/client.ts";
import { mountTag } from "../../src/vm/qemu/command-line.ts";
import { startVm, type TestVm } from "../support/vm.ts";
import { shell, startShell } from "./shell.ts";

// Machines are shared with other tests.
let vm: TestVm;
let client: AgentClient;

beforeAll(async () => {
  vm = await startVm({ files: { "/etc/kept": "of the image\n", "/data/a": "a" } });
  client = vm.client;
});

afterAll(async () => {
  client?.close();
  await vm?.close();
});

async function reset(): Promise<void> {
  await client.reset();
  let index = 0;
  for (const path of vm.volumes.keys()) await client.mountVolume(mountTag(index++), path);
}

/** What a person could notice of the guest's state: files, mounts, processes, settings. */
async function state(): Promise<string> {
  return shell(
    client,
    `export PATH=/bin
    for path in / /dev /dev/shm /dev/pts /tmp /etc /var /data /golem /golem/deep; do
      ls -la $path | grep -v -e ' \\.\\.$' -e ' proc$' | sed 's/[A-Z][a-z]* *[0-9]* [0-9:]* / /'
    done
    cat /etc/kept /etc/hosts /etc/resolv.conf
    sed 's/,remount//' /proc/mounts
    cat /proc/sys/kernel/hostname /proc/sysvipc/shm /proc/swaps
    for process in /proc/[0-9]*; do test -s $process/cmdline && cat $process/comm; done
    pwd; umask; ulimit -n; df -k / /tmp | awk '{ print $1, $2, $3 }'`,
  );
}

test("a reset leaves nothing of what commands did, wherever they did it", async () => {
  const before = await state();
  const left = await startShell(client, "sleep 1000 & trap '' TERM; sleep 1000");
  await shell(client, "until pidof sleep; do :; done >/dev/null");
  const junk = `export PATH=/bin
    echo junk > /junk; mkdir -p /a/b; echo junk >> /etc/kept; rm /data/a; chmod 0777 / /data
    echo junk > /tmp/junk; echo junk > /dev/shm/junk; echo junk > /golem/input/junk
    rm -r /bin/vi; ln -s /proc /link; mv /var/tmp /var/moved
    mkdir /mounted '/two words'; mount -t tmpfs tmpfs /mounted; mount -t tmpfs tmpfs '/two words'
    mount --bind /data /mounted; mount -t tmpfs tmpfs /etc; mount -t tmpfs tmpfs /proc
    hostname other; (setsid sleep 1000 &); (setsid sh -c 'while :; do sleep 0.01; done' &)
    mknod /dev/junk c 1 3; rm /dev/junk; dd if=/dev/zero of=/large bs=1M count=20 2>/dev/null`;
  expect(await shell(client, `${junk}; ls /large`)).toBe("/large\n");
  await reset();
  const after = await state();
  expect(after).toBe(before);
  expect(await left.ended).toMatchObject({ signal: 9 });
});

test("a reset can be repeated, also with nothing to undo, and is quick", async () => {
  const started = performance.now();
  for (let round = 0; round < 10; round++) {
    await shell(client, `echo ${round} > /tmp/round`);
    await reset();
    await expect(client.look(lookAt("/tmp/round"))).rejects.toMatchObject({ code: "ENOENT" });
  }
  const each = (performance.now() - started) / 10;
  // A boot takes twenty times as long, also where the machine is busy with other things.
  expect(each).toBeLessThan(1000);
});

const lookAt = (path: string, follow = false, length = 100) => ({
  path,
  follow,
  offset: 0,
  length,
});

test("files are looked at without running anything", async () => {
  await shell(client, "mkdir /look; echo content > /look/file; chown 5:6 /look/file");
  await shell(client, "chmod 4750 /look/file; ln -s file /look/link; mkfifo /look/fifo");
  const file = { uid: 5, gid: 6, size: 8 };
  expect(await client.look(lookAt("/look/file"))).toEqual({
    ...file,
    mode: 0o104750,
    content: Buffer.from("content\n"),
  });
  expect(await client.look(lookAt("/look/link"))).toMatchObject({
    mode: 0o120777,
    content: Buffer.from("file"),
  });
  expect(await client.look(lookAt("/look/link", true))).toMatchObject(file);
  expect(await client.look(lookAt("/look/fifo"))).toMatchObject({ mode: 0o010644, size: 0 });
  const { content } = await client.look(lookAt("/look"));
  expect(content.toString().split("\0").sort()).toEqual(["", "fifo", "file", "link"]);
  const part = await client.look({ path: "/look/file", follow: true, offset: 3, length: 2 });
  expect(part.content.toString()).toBe("te");
  const sockets = await client.look(lookAt("/proc/net/tcp", true, 1000));
  expect(sockets.content.toString()).toContain("local_address");
  await expect(client.look(lookAt("/look/none"))).rejects.toMatchObject({ code: "ENOENT" });
  await expect(client.look(lookAt("/look/file/x"))).rejects.toMatchObject({ code: "ENOTDIR" });
});

test("what a reset does not undo makes it refuse, so that the VM is booted anew", async () => {
  await reset();
  await shell(client, "echo 40000 > /proc/sys/kernel/pid_max");
  await expect(client.reset()).rejects.toMatchObject({ errno: 131 });
  await shell(client, "echo 32768 > /proc/sys/kernel/pid_max");
  await reset();
  await shell(client, "export PATH=/bin; mknod /dev/mine c 1 3");
  await expect(client.reset()).rejects.toMatchObject({ errno: 131 });
  await shell(client, "export PATH=/bin; rm /dev/mine; date -s 2031-01-01 >/dev/null");
  await expect(client.reset()).rejects.toMatchObject({ errno: 131 });
});
