import { readFile } from "node:fs/promises";
import { MissingToolError } from "../../src/errors.ts";
import { writeGvmi } from "../../src/gvmi/write.ts";
import type { Entry } from "../../src/oci/entry.ts";

const BUSYBOX = "/bin/busybox";

/**
 * Writes a .gvmi that has nothing but busybox.
 *
 * @throws {MissingToolError} when this machine has no busybox (Debian's busybox-static)
 */
export async function busyboxImage(path: string): Promise<string> {
  const program = await readFile(BUSYBOX).catch((cause) => {
    throw new MissingToolError(
      `The benchmark boots an image with busybox; there is no ${BUSYBOX}.`,
      {
        hint: "Install it (Debian and Ubuntu: `sudo apt-get install busybox-static`).",
        cause,
      },
    );
  });
  const common = {
    mode: 0o755,
    uid: 0,
    gid: 0,
    modified: { seconds: 0, nanoseconds: 0 },
    extendedAttributes: new Map(),
  };
  const entries: Entry[] = [
    ...["", "bin"].map((name) => ({ ...common, path: name, type: "directory" as const, size: 0 })),
    {
      ...common,
      path: "bin/busybox",
      type: "file",
      size: program.length,
      content: (async function* () {
        yield program;
      })(),
    },
  ];
  await writeGvmi(entries, {}, path, { compression: "gzip" });
  return path;
}
