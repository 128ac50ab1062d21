import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "../../src/oci/entry.ts";
import { GzipWriter } from "../../src/squashfs/gzip-writer.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { entry, fileEntry } from "../support/entries.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";

const TABLES_AND_HEADER = 200;

/** An image of our own writer that is damaged, mostly in its superblock and tables. */
export async function squashfsTarget(directory: string): Promise<FuzzTarget> {
  const sample = join(directory, "sample.squashfs");
  await new GzipWriter().write(entries(), sample, { compression: "gzip", blockSize: 4096 });
  const image = await readFile(sample);
  return {
    make(random) {
      if (random.chance(0.3)) return mutate(random, image);
      const cut = random.chance(0.5) ? TABLES_AND_HEADER : Math.floor(image.length * 0.7);
      const [start, end] = [image.subarray(0, cut), image.subarray(cut)];
      return random.chance(0.5)
        ? Buffer.concat([mutate(random, start), end])
        : Buffer.concat([start, mutate(random, end)]);
    },
    async read(input, into) {
      const path = join(into, "image.squashfs");
      await writeFile(path, input);
      const reader = await SquashfsReader.open(path);
      try {
        let bytes = 0;
        for await (const { content } of reader.entries()) {
          for await (const chunk of content ?? []) {
            bytes += chunk.length;
            // A damaged size may say anything; what is read in a while is enough.
            if (bytes > 2 ** 24) return;
          }
        }
      } finally {
        await reader.close();
      }
    },
  };
}

function* entries(): Generator<Entry> {
  yield entry("");
  yield entry("d", { extendedAttributes: new Map([["user.a", Buffer.from("1")]]) });
  for (let index = 0; index < 300; index++)
    yield fileEntry(`d/${1000 + index}`, `content ${index % 50}`);
  yield fileEntry(
    "large",
    Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 31) >> 3)),
  );
  yield fileEntry("sparse", Buffer.alloc(20_000));
  yield entry("link", { type: "symlink", linkTarget: "d/1000" });
  yield entry("null", { type: "character-device", device: { major: 1, minor: 3 } });
  yield entry("pipe", { type: "fifo" });
  yield entry("z", { type: "hard-link", linkTarget: "large" });
}
