import { holderCommand, mountCommand } from "../../../src/vm/storage/namespace-commands.ts";

const owner = { uid: 1000, gid: 100 };
const mount = { directory: "/tmp/a b,c", bytes: 8 * 1024 * 1024, owner };
const SIZE = "size=8388608,nr_inodes=2048,mode=0755,nosuid,nodev,noexec";

test("root mounts as it is", () => {
  expect(holderCommand("root", owner)).toEqual({
    program: "unshare",
    args: ["--mount", "--propagation", "private", "--", "cat", "/proc/self/stat", "-"],
  });
  expect(mountCommand("root", 42, mount)).toEqual({
    program: "nsenter",
    args: [
      ...["--target=42", "--mount", "--"],
      ...["mount", "-t", "tmpfs", "-o", SIZE, "golem-volume", "/tmp/a b,c"],
    ],
  });
});

test("other users mount in a user namespace", () => {
  expect(holderCommand("user-namespace", owner).args).toEqual([
    ...["--mount", "--propagation", "private", "--user", "--map-root-user"],
    ...["--", "cat", "/proc/self/stat", "-"],
  ]);
  expect(mountCommand("user-namespace", 42, mount)).toEqual({
    program: "nsenter",
    args: [
      ...["--target=42", "--mount", "--user", "--preserve-credentials", "--"],
      ...["mount", "-t", "tmpfs", "-o", SIZE, "golem-volume", "/tmp/a b,c"],
    ],
  });
});

test("with sudo the namespace is root's, what waits in it and the volumes are the user's", () => {
  expect(holderCommand("sudo", owner)).toEqual({
    program: "sudo",
    args: [
      ...["--non-interactive", "--", "unshare", "--mount", "--propagation", "private", "--"],
      ...["setpriv", "--reuid", "1000", "--regid", "100", "--clear-groups", "--"],
      ...["cat", "/proc/self/stat", "-"],
    ],
  });
  expect(mountCommand("sudo", 42, mount)).toEqual({
    program: "sudo",
    args: [
      ...["--non-interactive", "--", "nsenter", "--target=42", "--mount", "--", "mount"],
      ...["-t", "tmpfs", "-o", `${SIZE},uid=1000,gid=100`, "golem-volume", "/tmp/a b,c"],
    ],
  });
});

test("even the smallest volume has room for a thousand files", () => {
  const { args } = mountCommand("root", 42, { ...mount, bytes: 1024 * 1024 });
  expect(args.join(" ")).toContain("size=1048576,nr_inodes=1024,");
});
