import { execFile } from "node:child_process";
import { join } from "node:path";
import type { TestLayout } from "./archives.ts";
import { listDirectories } from "./host-tree.ts";
import type { TreeNode } from "./tree-node.ts";

const TAG = "image";

/** Writes a layout so that umoci finds its only image. */
export async function writeLayout(
  layout: TestLayout,
  // biome-ignore lint/suspicious/noExplicitAny: a descriptor as tests make them
  image: any,
  path: string,
): Promise<void> {
  const annotations = { "org.opencontainers.image.ref.name": TAG };
  await layout.setIndex([{ ...image, annotations }]).writeTo(path);
}

/**
 * Unpacks the image of a layout with umoci, an implementation of the image specification that shares
 * nothing with ours. Needs umoci and root.
 *
 * @returns the directory of the root file system, or why umoci refuses the image
 */
export async function unpackWithUmoci(
  layout: string,
): Promise<{ root: string } | { refusal: string }> {
  const root = join(layout, "root");
  const args = ["raw", "unpack", "--image", `${layout}:${TAG}`, root];
  return await new Promise((resolve) => {
    execFile("umoci", args, (error, _, stderr) => {
      resolve(error ? { refusal: stderr || error.message } : { root });
    });
  });
}

/** @returns for each layout its tree, or why umoci refuses it */
export async function unpackAllWithUmoci(
  layouts: readonly string[],
): Promise<(Map<string, TreeNode> | string)[]> {
  const results: (Map<string, TreeNode> | string)[] = layouts.map(() => "");
  const unpacked: { index: number; root: string }[] = [];
  const queue = [...layouts.entries()];
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [index, layout] = next;
      const outcome = await unpackWithUmoci(layout);
      if ("root" in outcome) unpacked.push({ index, root: outcome.root });
      else results[index] = outcome.refusal;
    }
  };
  await Promise.all([work(), work()]);
  const trees = await listDirectories(unpacked.map(({ root }) => root));
  for (const [at, { index }] of unpacked.entries()) {
    results[index] = trees[at] as Map<string, TreeNode>;
  }
  return results;
}
