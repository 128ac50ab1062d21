import type { Command } from "../../system/run-command.ts";

/**
 * Who may mount: `root` as it is; anybody in a user namespace, where the machine allows that; and users who
 * may become root without a password (as on GitHub's runners, whose kernel allows no mounts in user namespaces).
 */
export type MountPrivilege = "root" | "user-namespace" | "sudo";

/** The user and group that this process runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * What keeps a mount namespace alive: it prints its own line of /proc/PID/stat and then waits for the end of
 * its stdin, which comes when this process ends, however that happens. It runs as this user, so that
 * /proc/PID/root is open to us (ptrace(2), "access mode checking").
 *
 * @see https://man7.org/linux/man-pages/man1/unshare.1.html
 */
export function holderCommand(privilege: MountPrivilege, owner: Owner): Command {
  const wait = ["cat", "/proc/self/stat", "-"];
  const unshare = ["unshare", "--mount", "--propagation", "private"];
  switch (privilege) {
    case "root":
      return commandOf([...unshare, "--", ...wait]);
    case "user-namespace":
      return commandOf([...unshare, "--user", "--map-root-user", "--", ...wait]);
    case "sudo":
      return commandOf([
        ...["sudo", "--non-interactive", "--", ...unshare, "--"],
        ...["setpriv", "--reuid", String(owner.uid), "--regid", String(owner.gid)],
        ...["--clear-groups", "--", ...wait],
      ]);
  }
}

export interface LimitedMount {
  readonly directory: string;
  readonly bytes: number;
  readonly owner: Owner;
}

/** A file or directory takes about 1 KiB of the kernel's memory beside its content, so they are limited, too. */
const BYTES_PER_INODE = 4096;
const MIN_INODES = 1024;

/**
 * Mounts a file system that holds `bytes` and no more in the namespace of the process `pid`.
 *
 * @see https://docs.kernel.org/filesystems/tmpfs.html
 */
export function mountCommand(
  privilege: MountPrivilege,
  pid: number,
  { directory, bytes, owner }: LimitedMount,
): Command {
  const inodes = Math.max(MIN_INODES, Math.floor(bytes / BYTES_PER_INODE));
  const options = [`size=${bytes}`, `nr_inodes=${inodes}`, "mode=0755", "nosuid,nodev,noexec"];
  // In a user namespace this user is root, and owns what root makes.
  if (privilege === "sudo") options.push(`uid=${owner.uid}`, `gid=${owner.gid}`);
  return commandOf([
    ...(privilege === "sudo" ? ["sudo", "--non-interactive", "--"] : []),
    ...["nsenter", `--target=${pid}`, "--mount"],
    ...(privilege === "user-namespace" ? ["--user", "--preserve-credentials"] : []),
    ...["--", "mount", "-t", "tmpfs", "-o", options.join(","), "golem-volume", directory],
  ]);
}

function commandOf([program = "", ...args]: string[]): Command {
  return { program, args };
}
