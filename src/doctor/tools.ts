import { findProgram } from "../system/find-program.ts";
import { ok, type Verdict, warning } from "./check.ts";

/** Programs that something becomes possible with, or better: what, and the package that has them. */
export const OPTIONAL_TOOLS = [
  {
    program: "tar2sqfs",
    without: "only gzip can be written: no xz, lzo, lz4",
    packageName: "squashfs-tools-ng",
  },
  {
    program: "setpriv",
    without:
      "QEMU may outlive this program when that is killed with SIGKILL, and Buildah is not used",
    packageName: "util-linux",
  },
  {
    program: "unshare",
    without: "Buildah is not used",
    packageName: "util-linux",
  },
] as const;

export async function checkTool({
  program,
  without,
  packageName,
}: (typeof OPTIONAL_TOOLS)[number]): Promise<Verdict> {
  const path = await findProgram(program);
  if (path !== undefined) return ok(path);
  return warning(
    `not installed; ${without}`,
    `Install it (Debian and Ubuntu: \`sudo apt-get install ${packageName}\`).`,
  );
}
