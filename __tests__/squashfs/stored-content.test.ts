import { stat } from "node:fs/promises";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { fileEntry } from "../support/entries.ts";
import { noise } from "./random-tree.ts";
import { withImage } from "./read-back.ts";

test("what files take in an image is what their blocks and the shared block take", async () => {
  const block = 128 * 1024;
  const tree = [
    fileEntry("hole", Buffer.alloc(2 * block)),
    fileEntry("noise", noise(2 * block, 1)),
    fileEntry("small", noise(3000, 2)),
    fileEntry("smaller", noise(1000, 3)),
    fileEntry("twin", noise(2 * block, 1)),
  ];
  await withImage(tree, {}, async (path) => {
    const reader = await SquashfsReader.open(path);
    try {
      const stored = async (name: string) => {
        const entry = await reader.find(name);
        return entry && reader.stored(entry);
      };
      expect(await stored("hole")).toMatchObject({ blockBytes: 0 });
      const first = await stored("noise");
      expect(first).toEqual({ start: expect.any(Number), blockBytes: 2 * block });
      // Stored once.
      expect(await stored("twin")).toEqual(first);
      const tails = [await stored("small"), await stored("smaller")];
      expect(tails.map((tail) => tail?.tail?.bytes)).toEqual([3000, 1000]);
      const shared = await reader.fragmentBytes(0);
      expect(shared).toBeGreaterThanOrEqual(4000);
      expect(shared + 2 * block).toBeLessThan((await stat(path)).size);
    } finally {
      await reader.close();
    }
  });
});
