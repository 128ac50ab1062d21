// Needs busybox, whose cpio reads what we write.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpioDirectory, encodeCpio } from "../../../src/vm/initramfs/cpio.ts";

test("another program unpacks the archive to the same files and modes", () => {
  const directory = mkdtempSync(join(tmpdir(), "cpio-"));
  try {
    const archive = encodeCpio([
      cpioDirectory("modules"),
      { path: "init", mode: 0o100755, content: Buffer.from("agent") },
      { path: "modules/000-x.ko", mode: 0o100644, content: Buffer.alloc(1001, "m") },
    ]);
    execFileSync("busybox", ["cpio", "-i", "-d"], {
      cwd: directory,
      input: archive,
      stdio: "pipe",
    });
    expect(readFileSync(join(directory, "init"), "utf8")).toBe("agent");
    expect(statSync(join(directory, "init")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(directory, "modules/000-x.ko"))).toEqual(Buffer.alloc(1001, "m"));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
