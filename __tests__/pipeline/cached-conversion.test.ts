import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalStore } from "../../src/cache/local-store.ts";
import { type ConvertOptions, convertArchive } from "../../src/pipeline/convert.ts";
import { file, ociArchive, plain, type TestLayer } from "../support/archives.ts";

let directory: string;
let cache: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "conversions-"));
  cache = join(directory, "cache");
});
afterEach(() => {
  chmodSync(cache, 0o700);
  rmSync(directory, { recursive: true });
});

/** Text that compresses, different for each seed. */
function content(seed: string, size: number): Buffer {
  const words: string[] = [];
  for (let index = 0, length = 0; length < size; index++) {
    const word = createHash("sha256").update(`${seed} ${index}`).digest("hex").slice(0, 9);
    words.push(word, word);
    length += 18;
  }
  return Buffer.from(words.join("")).subarray(0, size);
}

/** Large files, small ones that share fragments, and one that does not compress. */
const noise = randomBytes(300_000);
const base = plain([
  file("large", content("large", 1_000_000)),
  file("noise", noise),
  ...Array.from({ length: 60 }, (_, index) =>
    file(`small-${index}`, content(`small ${index}`, 5000)),
  ),
]);
const before = [base, plain([file("program", content("version 1", 400_000))])];
const after = [base, plain([file("program", content("version 2", 400_000))])];

async function convert(layers: TestLayer[], options: Partial<ConvertOptions> = {}) {
  const source = join(directory, "image.tar");
  const output = join(directory, "out.gvmi");
  writeFileSync(source, ociArchive(layers));
  const store = new LocalStore(cache);
  const result = await convertArchive({ source, output, cache: store, ...options });
  return { ...result, bytes: readFileSync(output) };
}

const cold = async (layers: TestLayer[], options: Partial<ConvertOptions> = {}) =>
  (await convert(layers, { cache: undefined, ...options })).bytes;

/** Every file of this name in the cache. */
function cached(name: string): string[] {
  return readdirSync(cache, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(name))
    .map((path) => join(cache, path));
}

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

test("the same image again is a hit, with the same bytes", async () => {
  const first = await convert(before);
  const second = await convert(before);
  expect([first.cache, second.cache]).toEqual(["miss", "hit"]);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  expect(second).toMatchObject({ hash: first.hash, sha256: first.sha256, size: first.size });
  expect(second.bytes.equals(await cold(before))).toBe(true);
});

test("a changed image reuses blocks, and is what a cold conversion gives", async () => {
  await convert(before);
  const { cache: outcome, reusedShare, bytes } = await convert(after);
  expect(outcome).toBe("near");
  expect(reusedShare).toBeGreaterThan(0.5);
  expect(reusedShare).toBeLessThan(1);
  expect(bytes.equals(await cold(after))).toBe(true);
});

test("a damaged archive is refused, also when the image was converted before", async () => {
  await convert(before);
  const source = join(directory, "image.tar");
  const archive = ociArchive(before);
  const at = archive.indexOf(content("version 1", 400_000).subarray(0, 1000));
  archive[at] = (archive[at] ?? 0) ^ 1;
  writeFileSync(source, archive);
  const output = join(directory, "damaged.gvmi");
  const converting = convertArchive({ source, output, cache: new LocalStore(cache) });
  await expect(converting).rejects.toThrow(/Layer 2 .* does not match its digest/);
  expect(existsSync(output)).toBe(false);
});

test("other options neither hit nor mix", async () => {
  await convert(before);
  const other = await convert(before, { level: 1 });
  expect(other.cache).toBe("miss");
  expect(other.bytes.equals(await cold(before, { level: 1 }))).toBe(true);
});

test("a flipped bit in the cached image is noticed; the image is converted anew and kept", async () => {
  await convert(before);
  for (const path of cached("image.gvmi")) flipBit(path);
  const again = await convert(before);
  expect(again.cache).toBe("miss");
  expect(again.bytes.equals(await cold(before))).toBe(true);
  expect((await convert(before)).cache).toBe("hit");
});

test.each(["image.gvmi", "blocks"])(
  "a near image whose %s is damaged gives nothing",
  async (name) => {
    await convert(before);
    for (const path of cached(name)) flipBit(path);
    const { cache: outcome, bytes } = await convert(after);
    expect(outcome).toBe("miss");
    expect(bytes.equals(await cold(after))).toBe(true);
  },
);

test("a near image with the blocks of another one gives nothing", async () => {
  const other = [plain([file("large", content("other", 1_000_000))])];
  await convert(before);
  const [foreign] = cached("blocks").map((path) => readFileSync(path));
  rmSync(cache, { recursive: true });
  await convert(other);
  for (const path of cached("blocks")) writeFileSync(path, foreign ?? "");
  const { cache: outcome, bytes } = await convert(after);
  expect(outcome).toBe("miss");
  expect(bytes.equals(await cold(after))).toBe(true);
});

test("a cache that cannot be used costs a warning, not the conversion", async () => {
  writeFileSync(cache, "not a directory");
  const warnings: string[] = [];
  const { cache: outcome } = await convert(before, {
    onWarning: (message) => warnings.push(message),
  });
  expect(outcome).toBe("miss");
  expect(warnings).toEqual([expect.stringContaining("could not be kept in the cache")]);
});
