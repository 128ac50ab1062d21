import { spawnSync } from "node:child_process";

/** Why there is no act, the program that runs workflows, on this machine; undefined when there is, or it could be installed. */
export function actIsMissing(): string | undefined {
  const script = "scripts/check-workflows/find-tool.mjs";
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "act"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim() || undefined;
}
