import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import { withImage } from "../../src/oci/image.ts";
import { followPath } from "../../src/squashfs/follow-path.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { file, ociArchive, plain, symlink } from "../support/archives.ts";

const layer = plain([
  file("usr/bin/busybox", "program"),
  symlink("bin", "usr/bin"),
  symlink("usr/bin/sh", "/bin/busybox"),
  symlink("up", "../../../bin/./../bin/sh"),
  symlink("loop", "loop"),
  symlink("broken", "usr/none"),
  symlink("root", "/"),
]);

test("symbolic links lead where they lead when the image is the root", async () => {
  await withTemporaryDirectory(async (directory) => {
    const [archive, output] = [join(directory, "image.tar"), join(directory, "image.gvmi")];
    await writeFile(archive, ociArchive([layer]));
    await withImage(archive, {}, async (image) => {
      const entries = image.entries(await image.readTree());
      await writeGvmi(entries, image.config, output, { compression: "gzip" });
    });
    const reader = await SquashfsReader.open(output);
    try {
      const target = async (path: string) => (await followPath(reader, path))?.path;
      expect(await target("/bin/sh")).toBe("usr/bin/busybox");
      expect(await target("/up")).toBe("usr/bin/busybox");
      expect(await target("/bin")).toBe("usr/bin");
      expect(await target("/")).toBe("");
      expect(await target("/root")).toBe("");
      expect(await target("/loop")).toBeUndefined();
      expect(await target("/broken")).toBeUndefined();
      expect(await target("/usr/bin/busybox/x")).toBeUndefined();
    } finally {
      await reader.close();
    }
  });
});
