import { createCipheriv, createHash } from "node:crypto";
import type { Entry } from "../../src/oci/entry.ts";
import { entry, fileEntry } from "../support/entries.ts";

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that cannot be compressed. */
export function noise(size: number, seed: number | string): Buffer {
  const key = createHash("sha256").update(`${seed}`).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** Letters from "a" to "p", which can. */
export function prose(size: number, seed: number | string): Buffer {
  const bytes = noise(size, seed);
  for (let index = 0; index < size; index++) bytes[index] = 97 + ((bytes[index] ?? 0) & 15);
  return bytes;
}

const NAMES = [
  "a",
  "lib",
  "ü",
  "\xff\xfe",
  "back\\slash",
  " ",
  "new\nline",
  "Z",
  "0",
  "n".repeat(255),
];

/** A tree with everything that an image may contain, different for each seed. */
export function randomTree(seed: number, blockSize: number): Entry[] {
  const random = randomNumbers(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const directories = [""];
  const files: string[] = [];
  const contents: Buffer[] = [];
  const entries: Entry[] = [entry("", { mode: 0o755 })];
  const used = new Set<string>();
  const newPath = () => {
    for (;;) {
      const directory = pick(directories);
      const name = random() < 0.3 ? pick(NAMES) : `f${below(1e6)}`;
      const path = directory === "" ? name : `${directory}/${name}`;
      if (used.has(path) || path.length > 3000) continue;
      used.add(path);
      return path;
    }
  };
  const newContent = () => {
    if (contents.length > 0 && random() < 0.2) return pick(contents);
    const size = pick([
      0,
      1,
      below(200),
      blockSize - 1,
      blockSize,
      blockSize + 1,
      below(6 * blockSize),
    ]);
    const bytes = random() < 0.3 ? noise(size, random()) : prose(size, random());
    const hole = below(size + 1);
    if (random() < 0.3) bytes.fill(0, hole, Math.min(size, hole + 2 * blockSize));
    contents.push(bytes);
    return bytes;
  };
  const attributes = () => ({
    mode: pick([0o644, 0o755, 0o4755, 0o2755, 0o1777, 0o400, 0o7777]),
    uid: pick([0, 0, 1000, 2 ** 31, below(65_536)]),
    gid: pick([0, 0, 100, 4_294_967_294, below(65_536)]),
    modified: { seconds: pick([0, 1, 1_700_000_000, 2 ** 31, 2 ** 32 - 1]), nanoseconds: 0 },
    extendedAttributes: new Map(
      random() < 0.15
        ? [
            [`user.a${below(3)}`, noise(below(40), random())],
            ["trusted.shared", Buffer.from("shared")],
            ["security.some", Buffer.alloc(below(1500), 7)],
          ]
        : [],
    ),
  });
  for (let index = 0; index < 150; index++) {
    const kind = random();
    const path = newPath();
    if (kind < 0.2) {
      directories.push(path);
      entries.push(entry(path, attributes()));
    } else if (kind < 0.3) {
      const linkTarget = pick(["/etc/passwd", "../x", ".", "t".repeat(4000), "ü\xff"]);
      entries.push(
        entry(path, {
          ...attributes(),
          mode: 0o777,
          extendedAttributes: new Map(),
          type: "symlink",
          linkTarget,
        }),
      );
    } else if (kind < 0.36) {
      const type = pick(["character-device", "block-device"] as const);
      const device = { major: below(4096), minor: below(1_048_576) };
      entries.push(entry(path, { ...attributes(), extendedAttributes: new Map(), type, device }));
    } else if (kind < 0.39) {
      entries.push(entry(path, { ...attributes(), extendedAttributes: new Map(), type: "fifo" }));
    } else if (kind < 0.5 && files.length > 0) {
      entries.push(entry(path, { type: "hard-link", linkTarget: pick(files) }));
    } else {
      files.push(path);
      entries.push(fileEntry(path, newContent(), attributes()));
    }
  }
  return entries;
}
