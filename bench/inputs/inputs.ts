import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Size } from "../arguments.ts";
import { run } from "../measure.ts";
import { type LayerFile, makeDockerArchive, makeGzipOciArchive, makeLayer } from "./archives.ts";
import { changeTree } from "./change.ts";
import { makeDebianTree } from "./debian-tree.ts";
import { makeSyntheticTree } from "./synthetic-tree.ts";

/** Files that the contenders work on. */
export interface Inputs {
  /** The unpacked root file system. */
  readonly tree: string;
  /** The same as a tar. */
  readonly layer: string;
  /** The same as an image of one layer, as `docker save` writes it. */
  readonly archive: string;
  /** The same as an OCI archive with a layer compressed by gzip. */
  readonly gzipArchive: string;
  /** The image with a second layer, which has the changed files. */
  readonly changedAbove: string;
  /** An image of one layer, in which the same files are changed. */
  readonly changedBelow: string;
}

/** The name of the image in the archives. */
export const IMAGE_REFERENCE = "golem-image-bench:latest";

const SYNTHETIC_BYTES: Partial<Record<Size, number>> = { tiny: 12e6, huge: 10e9 };

/** To be raised when inputs are made in another way, so that older ones are not used. */
const VERSION = 1;

/**
 * The inputs of a size in `directory`; what is missing is made.
 *
 * @param onStep called with what is being made
 */
export async function prepareInputs(
  size: Size,
  directory: string,
  onStep: (step: string) => void,
  signal?: AbortSignal,
): Promise<Inputs> {
  const place = join(directory, `inputs-${VERSION}-${size}`);
  const inputs: Inputs = {
    tree: join(place, "tree"),
    layer: join(place, "layer.tar"),
    archive: join(place, "image.tar"),
    gzipArchive: join(place, "image-gzip-oci.tar"),
    changedAbove: join(place, "changed-above.tar"),
    changedBelow: join(place, "changed-below.tar"),
  };
  await mkdir(place, { recursive: true });
  const make = (path: string, body: (partial: string) => Promise<void>) => {
    if (!signal?.aborted) onStep(path);
    return makeOnce(path, body);
  };
  await make(inputs.tree, (partial) => makeTree(size, partial, signal));
  // A layer and the archive of it are made together, so that the archive always has this layer.
  await make(inputs.archive, async (partial) => {
    const layer = await makeLayer(inputs.tree, inputs.layer, { signal });
    await makeDockerArchive([layer], IMAGE_REFERENCE, partial, signal);
    await rm(inputs.gzipArchive, { force: true });
    await makeGzipOciArchive([layer], inputs.gzipArchive, signal);
    if (size !== "huge") await makeChanged(inputs, layer, signal);
  });
  onStep("reading all inputs, so that nobody has to wait for the disk");
  await readThrough(place, signal);
  return inputs;
}

/** Fills the page cache. */
async function readThrough(directory: string, signal?: AbortSignal): Promise<void> {
  // GNU tar reads no contents when it sees that they go to /dev/null.
  const script = 'tar --create --file - --directory "$1" . | cat >/dev/null';
  await run({ program: "sh", args: ["-c", script, "sh", directory] }, signal);
}

async function makeTree(size: Size, path: string, signal?: AbortSignal): Promise<void> {
  const bytes = SYNTHETIC_BYTES[size];
  if (bytes !== undefined) {
    await mkdir(path);
    await makeSyntheticTree(bytes, path, signal);
  } else if (size === "small" || size === "large") await makeDebianTree(size, path, signal);
}

async function makeChanged(
  inputs: Inputs,
  layer: LayerFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const tree = `${inputs.tree}.changed`;
  const changes = `${inputs.layer}.changes`;
  const changedLayer = `${inputs.layer}.changed`;
  try {
    await run({ program: "cp", args: ["--archive", "--link", inputs.tree, tree] }, signal);
    const paths = await changeTree(tree);
    const upper = await makeLayer(tree, changes, { paths, signal });
    await makeDockerArchive([layer, upper], IMAGE_REFERENCE, inputs.changedAbove, signal);
    const whole = await makeLayer(tree, changedLayer, { signal });
    await makeDockerArchive([whole], IMAGE_REFERENCE, inputs.changedBelow, signal);
  } finally {
    for (const path of [tree, changes, changedLayer]) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** What was interrupted is made anew. */
async function makeOnce(path: string, body: (partial: string) => Promise<void>): Promise<void> {
  if (await stat(path).catch(() => undefined)) return;
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await body(partial);
  await rename(partial, path);
}
