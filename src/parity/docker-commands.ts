import type { Command } from "../system/run-command.ts";
import type { GuestCommand } from "../vm/guest-command.ts";

/** Makes a container that will run one program, whatever the image's ENTRYPOINT and CMD are. */
export function createCommand(image: string, name: string, program: string): Command {
  return docker("create", "--name", name, "--pull=never", "--entrypoint", program, image);
}

/** Unpacks the tar on stdin into a container's root directory. */
export function fillCommand(name: string): Command {
  return docker("cp", "-", `${name}:/`);
}

export function startCommand(name: string): Command {
  return docker("start", name);
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
