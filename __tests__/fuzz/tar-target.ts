import { gzipSync } from "node:zlib";
import { randomLayers } from "../oci/random-layers.ts";
import { ociArchive, sign, type TestEntry, tar } from "../support/archives.ts";
import type { Random } from "../support/random.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";
import { readArchive } from "./read-archive.ts";

const BLOCK = 512;
const FLAGS = ["0", "1", "2", "3", "4", "5", "6", "7", "S", "x", "g", "L", "K", "\0", "V", "\xff"];

/** Where the numbers of a header are: start and width. */
const NUMBERS = [
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [329, 8],
  [337, 8],
  [386, 12],
  [398, 12],
  [483, 12],
] as const;

/** Layers of random entries whose headers, order and bytes are then damaged, mostly with right checksums. */
export const tarTarget: FuzzTarget = {
  make(random) {
    const layers = randomLayers(random.below(2 ** 31)).map((entries) => {
      const bytes = tar(random.chance(0.2) ? [...special(random), ...entries] : entries);
      for (let count = random.below(2); count > 0; count--) damageHeader(random, bytes);
      if (random.chance(0.1)) return { tar: bytes, blob: mutate(random, gzipSync(bytes)) };
      return { tar: random.chance(0.1) ? mutate(random, bytes) : bytes };
    });
    return ociArchive(layers);
  },
  read: readArchive,
};

function damageHeader(random: Random, bytes: Buffer): void {
  const header = bytes.subarray(BLOCK * random.below(bytes.length / BLOCK)).subarray(0, BLOCK);
  const [start, width] = random.pick(NUMBERS);
  switch (random.below(5)) {
    case 0:
      header.write(random.pick(FLAGS), 156, "latin1");
      break;
    case 1:
      for (let at = start; at < start + width; at++) header[at] = random.below(256);
      header[start] = random.pick([0x80, 0xff, 0xc0]);
      break;
    case 2:
      header.write(
        random
          .below(2 ** 31)
          .toString(8)
          .padStart(width - 1, "0"),
        start,
        "latin1",
      );
      break;
    case 3:
      header[random.below(BLOCK)] = random.below(256);
      break;
    default:
      header.write(random.pick(["ustar  \0", "ustar\x0000", "\0\0\0\0\0\0\0\0"]), 257, "latin1");
  }
  if (random.chance(0.95)) sign(header);
}

function special(random: Random): TestEntry[] {
  const map = Array.from({ length: random.below(6) }, () => random.below(3000)).join(",");
  return [
    {
      name: "././@LongLink",
      type: random.pick(["L", "K"]),
      content: `${"n".repeat(random.below(5000))}\0`,
    },
    { name: "f", content: "x".repeat(random.below(2000)) },
    {
      name: "sparse",
      content: Buffer.alloc(random.below(3000), "1\n0\n"),
      pax: random.chance(0.5)
        ? [
            ["GNU.sparse.size", String(random.below(10_000))],
            ["GNU.sparse.map", map],
          ]
        : [
            ["GNU.sparse.major", "1"],
            ["GNU.sparse.minor", "0"],
            ["GNU.sparse.realsize", String(random.below(10_000))],
          ],
    },
  ];
}
