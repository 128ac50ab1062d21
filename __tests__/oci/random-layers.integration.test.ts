// Needs umoci, python3 and root.
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ImageSourceError } from "../../src/errors.ts";
import { withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { plain, type TestEntry, TestLayout } from "../support/archives.ts";
import { collect } from "../support/flatten.ts";
import { type TreeNode, treeOf } from "../support/tree-node.ts";
import { unpackAllWithUmoci, writeLayout } from "../support/umoci.ts";
import { randomLayers } from "./random-layers.ts";

/** LAYER_SEED repeats a run; LAYER_STACKS makes it shorter or longer. */
const FIRST_SEED = Number(process.env.LAYER_SEED ?? Math.floor(Math.random() * 1e9));
const STACKS = Number(process.env.LAYER_STACKS ?? 500);
const BATCH = 50;

/** A tree, or the message of its refusal. */
type Outcome = ReadonlyMap<string, TreeNode> | string;

test(`${STACKS} random stacks of layers, from seed ${FIRST_SEED}, become what umoci unpacks`, async () => {
  let compared = 0;
  for (let seed = FIRST_SEED; compared < STACKS; seed += BATCH) {
    const seeds = Array.from({ length: BATCH }, (_, index) => seed + index);
    await withTemporaryDirectory(async (directory) => {
      compared += await compare(directory, seeds);
    });
  }
});

/** @returns how many gave the same tree; the others are refused by both, or not expressible with umoci */
async function compare(directory: string, seeds: readonly number[]): Promise<number> {
  const layouts: string[] = [];
  for (const seed of seeds) {
    const layout = new TestLayout();
    const path = join(directory, String(seed));
    await writeLayout(layout, layout.addImage(randomLayers(seed).map(plain)), path);
    layouts.push(path);
  }
  const expected = await unpackAllWithUmoci(layouts);
  let compared = 0;
  for (const [index, seed] of seeds.entries()) {
    const theirs = expected[index] as Outcome;
    if (isInexpressible(theirs)) continue;
    const ours = await read(layouts[index] as string);
    if (typeof ours === "string" && typeof theirs === "string") continue;
    if (!isDeepStrictEqual(ours, theirs)) fail(seed, ours, theirs);
    compared++;
  }
  return compared;
}

/**
 * Whether umoci refuses what the specification allows: a later entry that makes a directory of a file, or
 * a hard link in place of the directory which its target is in.
 */
function isInexpressible(outcome: Outcome): boolean {
  return (
    typeof outcome === "string" &&
    /(mkdir parent: mkdir .*: not a directory|: link: no such file or directory)/s.test(outcome)
  );
}

async function read(layout: string): Promise<Outcome> {
  try {
    return await withImage(layout, {}, async (image) =>
      treeOf(await collect(image.entries(await image.readTree()))),
    );
  } catch (error) {
    if (error instanceof ImageSourceError) return error.message;
    throw error;
  }
}

function fail(seed: number, ours: Outcome, theirs: Outcome): never {
  const layers = randomLayers(seed).map((layer) => layer.map(describe).join("\n"));
  throw new Error(
    [
      `The tree differs for LAYER_SEED=${seed} LAYER_STACKS=1.`,
      ...layers.map((layer, index) => `Layer ${index + 1}:\n${layer}`),
      ...differences(ours, theirs),
    ].join("\n"),
  );
}

const describe = ({ name, type = "0", mode = 0, linkName }: TestEntry) =>
  `  ${type} ${mode.toString(8)} ${JSON.stringify(name)}${linkName ? ` -> ${JSON.stringify(linkName)}` : ""}`;

function differences(ours: Outcome, theirs: Outcome): string[] {
  if (typeof ours === "string" || typeof theirs === "string") {
    return [ours, theirs].map((outcome, index) => {
      const who = index === 0 ? "Ours" : "umoci";
      return typeof outcome === "string" ? `${who} refuses: ${outcome}` : `${who} accepts.`;
    });
  }
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((path) => !isDeepStrictEqual(ours.get(path), theirs.get(path)))
    .map((path) => {
      const [our, their] = [ours.get(path), theirs.get(path)].map((node) => JSON.stringify(node));
      return `${JSON.stringify(path)}:\n  ours  ${our}\n  umoci ${their}`;
    });
}
