import type { Command } from "../system/run-command.ts";
import type { GuestCommand } from "../vm/guest-command.ts";

/** A shell that waits for a line on a stdin that stays open: a container that lives until it is removed. */
export const KEEP_ALIVE = "read -r _";

/** Starts a container of an image that does nothing. */
export function startCommand(image: string, name: string): Command {
  return docker(
    ...["run", "--detach", "--interactive", "--name", name, "--pull=never"],
    ...["--entrypoint", "/bin/sh", image, "-c", KEEP_ALIVE],
  );
}

/** Runs a command in a container, as its image's USER, in its WORKDIR and with its ENV. */
export function execCommand(
  name: string,
  {
    argv,
    directory,
    user,
  }: Pick<GuestCommand, "argv"> & Partial<Pick<GuestCommand, "directory" | "user">>,
): Command {
  return docker(
    "exec",
    ...(user ? ["--user", `${user.uid}:${user.gid}`] : []),
    ...(directory === undefined ? [] : ["--workdir", directory]),
    name,
    ...argv,
  );
}

/** Gives what is at a path as a tar. */
export function copyCommand(name: string, path: string, follow: boolean): Command {
  return docker("cp", ...(follow ? ["--follow-link"] : []), `${name}:${path}`, "-");
}

export function mountsCommand(name: string): Command {
  return docker("container", "inspect", "--format={{json .Mounts}}", name);
}

export function configCommand(image: string): Command {
  return docker("image", "inspect", "--format={{json .Config}}", image);
}

/** With its anonymous volumes. */
export function removeCommand(name: string): Command {
  return docker("container", "rm", "--force", "--volumes", name);
}

function docker(...args: string[]): Command {
  return { program: "docker", args };
}
