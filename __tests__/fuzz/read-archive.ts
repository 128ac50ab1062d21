import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withImage } from "../../src/oci/image.ts";

/** So that a case is over soon. */
const LIMITS = { uncompressedBytes: 64 * 1024 ** 2, entries: 20_000 };

/** Reads an image's archive to its end and holds the entries to what they say of themselves. */
export async function readArchive(archive: Buffer, directory: string): Promise<void> {
  const path = join(directory, "image.tar");
  await writeFile(path, archive);
  await withImage(path, { limits: LIMITS }, async (image) => {
    const seen = new Set<string>();
    for await (const entry of image.entries(await image.readTree())) {
      const { path, type, size, linkTarget, content } = entry;
      if (seen.has(path)) throw new Error(`${JSON.stringify(path)} comes twice`);
      if (/(^|\/)(\.{0,2})(\/|$)/.test(path) && path !== "") {
        throw new Error(`${JSON.stringify(path)} is no path inside the image`);
      }
      const parent = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
      if (path !== "" && !seen.has(parent))
        throw new Error(`${JSON.stringify(path)} has no parent`);
      if (type === "hard-link" && !seen.has(linkTarget ?? "")) {
        throw new Error(`${JSON.stringify(path)} is a link to what was not there before`);
      }
      seen.add(path);
      let bytes = 0;
      for await (const chunk of content ?? []) bytes += chunk.length;
      if (bytes !== size) throw new Error(`${JSON.stringify(path)} has ${bytes} of ${size} bytes`);
    }
  });
}
