// Needs umoci, python3 and root. The comparison with Docker needs an engine that answers, and is skipped where
// none does.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { dockerArchive, ociArchive, TestLayout } from "../support/archives.ts";
import { ENGINE_PATHS, exportWithDocker, hasDockerEngine } from "../support/docker-export.ts";
import { collect } from "../support/flatten.ts";
import { listDirectories } from "../support/host-tree.ts";
import { type TreeNode, treeOf } from "../support/tree-node.ts";
import { unpackWithUmoci, writeLayout } from "../support/umoci.ts";
import { VARIED_IMAGES } from "./varied-images.ts";

async function readTree(path: string): Promise<Map<string, TreeNode>> {
  return await withImage(path, {}, async (image) =>
    treeOf(await collect(image.entries(await image.readTree()))),
  );
}

async function list(directory: string): Promise<Map<string, TreeNode>> {
  const [tree] = await listDirectories([directory]);
  return tree as Map<string, TreeNode>;
}

describe("umoci unpacks what we read of an image with", () => {
  test.each(VARIED_IMAGES)("$name", async ({ layers }) => {
    await withTemporaryDirectory(async (directory) => {
      const layout = new TestLayout();
      await writeLayout(layout, layout.addImage(layers), directory);
      const unpacked = await unpackWithUmoci(directory);
      if ("refusal" in unpacked) throw new Error(unpacked.refusal);
      const ours = await readTree(directory);
      expect(ours).toEqual(await list(unpacked.root));
      const archive = join(directory, "image.tar");
      for (const bytes of [ociArchive(layers), dockerArchive(layers)]) {
        await writeFile(archive, bytes);
        expect(await readTree(archive)).toEqual(ours);
      }
    });
  });
});

const hasEngine = hasDockerEngine();
const engine = hasEngine ? "" : " (skipped: no Docker engine answers here)";

(hasEngine ? describe : describe.skip)(
  `docker exports what we read of an image with${engine}`,
  () => {
    const TAG = `golem-image-test:${process.pid}`;

    test.each(VARIED_IMAGES.filter(({ notInDocker }) => notInDocker === undefined))(
      "$name",
      async ({ layers }) => {
        await withTemporaryDirectory(async (directory) => {
          const archive = join(directory, "image.tar");
          const editImages = ([image]: object[]) => [{ ...image, RepoTags: [TAG] }];
          await writeFile(archive, dockerArchive(layers, { editImages }));
          const ours = await readTree(archive);
          const exported = await list(await exportWithDocker(archive, TAG, directory));
          for (const path of ENGINE_PATHS) for (const tree of [ours, exported]) tree.delete(path);
          expect(asExported(exported)).toEqual(asExported(ours));
        });
      },
      60_000,
    );
  },
);

/** `docker export` gives whole seconds and no extended attributes but capabilities. */
function asExported(tree: ReadonlyMap<string, TreeNode>): Map<string, TreeNode> {
  return new Map(
    [...tree].map(([path, { modified, xattrs, ...node }]) => {
      const kept = Object.entries(xattrs).filter(([name]) => name === "security.capability");
      const seconds = modified?.split(".")[0];
      return [
        path,
        { ...node, xattrs: Object.fromEntries(kept), ...(seconds && { modified: seconds }) },
      ];
    }),
  );
}
