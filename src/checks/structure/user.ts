import type { FileView } from "../files/file-view.ts";

export interface GuestUser {
  readonly uid: number;
  readonly gid: number;
}

const MAX_PASSWD_BYTES = 1024 * 1024;

/** Finds `user[:group]`, names or numbers, in the guest's /etc/passwd and /etc/group. */
export async function findUser(files: FileView, text: string): Promise<GuestUser | undefined> {
  const [user = "", named] = text.split(":");
  const group = named === "" ? undefined : named;
  const account = (await table(files, "/etc/passwd")).find(
    ([name, , uid]) => name === user || uid === user,
  );
  const uid = /^\d+$/.test(user) ? user : account?.[2];
  const gid = group === undefined ? (account?.[3] ?? "0") : await groupNumber(files, group);
  if (uid === undefined || gid === undefined) return undefined;
  return { uid: Number(uid), gid: Number(gid) };
}

/** The home directory of an account, as a container's engine finds it; `/` without one. */
export async function homeOf(files: FileView, uid: number): Promise<string> {
  const account = (await table(files, "/etc/passwd")).find(([, , number]) => number === `${uid}`);
  return account?.[5] || "/";
}

async function groupNumber(files: FileView, group: string): Promise<string | undefined> {
  if (/^\d+$/.test(group)) return group;
  return (await table(files, "/etc/group")).find(([name]) => name === group)?.[2];
}

/** Lines of colon-separated fields. */
async function table(files: FileView, path: string): Promise<string[][]> {
  const content = await files.read(path, MAX_PASSWD_BYTES);
  if ("problem" in content) return [];
  return content.bytes
    .toString()
    .split("\n")
    .map((line) => line.split(":"));
}
