import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import type { Entry } from "../../src/oci/entry.ts";
import type { RunConfig } from "../../src/oci/image-config.ts";
import type { TestImageInput } from "../../src/pipeline/test-image.ts";
import { entry, fileEntry } from "./entries.ts";

/** As many of busybox's programs as tests use, as links in /bin. */
const APPLETS = [
  ..."cat chmod chown cp date dd df echo env false grep head hostname httpd id ln losetup".split(
    " ",
  ),
  ..."ls mkdir mkfifo mknod mount mv nc nslookup ping ps printf pwd rm sed seq sh sleep".split(" "),
  ..."sort su tail tee test touch tr true umount usleep wc wget yes".split(" "),
];

export interface TestImage {
  /** The .gvmi. */
  readonly path: string;
  /** For whatever else a test needs. */
  readonly directory: string;
  remove(): Promise<void>;
}

/** Makes a .gvmi with busybox in /bin. Needs busybox-static. */
export async function makeTestImage(
  entries: readonly Entry[] = [],
  config: RunConfig = {},
): Promise<TestImage> {
  const directory = await mkdtemp(join(tmpdir(), "gi-image-"));
  const path = join(directory, "image.gvmi");
  const all = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    ...APPLETS.map((name) => entry(`bin/${name}`, { type: "symlink", linkTarget: "busybox" })),
    ...entries,
  ];
  await writeGvmi(all, { WorkingDir: "/", ...config }, path, { compression: "gzip" });
  return { path, directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** What `testImage` needs beside an image and tests. */
export function testingInput(path: string): TestImageInput {
  return {
    path,
    tests: [],
    vm: {
      runtime: { name: "system" },
      memory: 256,
      cpus: 1,
      accelerator: "auto",
      timeouts: { boot: 250_000, command: 60_000, total: 400_000 },
    },
    progress: { detail: () => {}, note: () => {} },
  };
}
