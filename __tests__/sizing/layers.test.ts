import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { convertArchive } from "../../src/pipeline/convert.ts";
import { sizeImage } from "../../src/pipeline/size-image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { noise } from "../squashfs/random-tree.ts";
import { file, gzipped, ociArchive } from "../support/archives.ts";

const KIB = 1024;

test("each layer is counted with what later ones left of it", async () => {
  await withTemporaryDirectory(async (directory) => {
    const source = join(directory, "image.tar");
    const layers = [
      gzipped([file("kept", noise(100 * KIB, 1)), file("replaced", noise(100 * KIB, 2))]),
      gzipped([file("replaced", noise(10 * KIB, 3)), file(".wh.nothing", "")]),
    ];
    await writeFile(source, ociArchive(layers));
    const path = join(directory, "image.gvmi");
    await convertArchive({ source, output: path });
    const { needs, bytes } = await sizeImage({
      path,
      source,
      boots: false,
      tests: [],
      vm: {
        runtime: { name: "system" },
        memory: 256,
        cpus: 1,
        accelerator: "auto",
        timeouts: { boot: 1, command: 1, total: 1 },
      },
      progress: { detail: () => {}, note: () => {} },
    });
    expect(needs).toBeNull();
    expect(bytes.layers).toMatchObject([
      { number: 1, files: 1, size: 100 * KIB },
      { number: 2, files: 1, size: 10 * KIB },
    ]);
    const [first] = bytes.layers ?? [];
    // What was replaced is in the archive all the same.
    expect(first?.archiveBytes).toBeGreaterThan(200 * KIB);
    expect(first?.storedBytes).toBeGreaterThanOrEqual(100 * KIB);
    expect(first?.storedBytes).toBeLessThan(101 * KIB);
  });
});
