import { link, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeTree, chooseChangedFiles, INSERTED } from "../../bench/inputs/change.ts";

const files = (count: number, size: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => ({
    path: `directory/file-${index}`,
    size: size(index),
  }));
const sum = (chosen: readonly { size: number }[]) =>
  chosen.reduce((total, { size }) => total + size, 0);

describe("chooseChangedFiles", () => {
  it("chooses files with 1 % of the bytes", () => {
    const all = files(5000, (index) => (index * 7919) % 100_003);
    const share = sum(chooseChangedFiles(all)) / sum(all);
    expect(share).toBeLessThanOrEqual(0.01);
    expect(share).toBeGreaterThan(0.0098);
  });

  it("spreads them over the tree", () => {
    const chosen = chooseChangedFiles(files(5000, () => 1000)).map(({ path }) =>
      Number(path.slice("directory/file-".length)),
    );
    expect(chosen).toHaveLength(50);
    expect(Math.min(...chosen)).toBeLessThan(1000);
    expect(Math.max(...chosen)).toBeGreaterThan(4000);
  });

  it("chooses the same, whatever the order", () => {
    const all = files(1000, (index) => index);
    expect(chooseChangedFiles([...all].reverse())).toEqual(chooseChangedFiles(all));
  });

  it("leaves out what alone would be too much, and what is empty", () => {
    const all = [
      { path: "huge", size: 1_000_000 },
      { path: "empty", size: 0 },
      { path: "fits", size: 9_900 },
    ];
    expect(chooseChangedFiles(all).map(({ path }) => path)).toEqual(["fits"]);
  });
});

describe("changeTree", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "bench-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("changes copies that are hard links, and leaves the originals, modes and times alone", async () => {
    const [original, copy] = [join(directory, "original"), join(directory, "copy")];
    await mkdir(original);
    await mkdir(copy);
    for (let index = 0; index < 200; index++) {
      const path = join(original, `file-${index}`);
      await writeFile(path, `content ${100 + index}`, { mode: 0o640 });
      await link(path, join(copy, `file-${index}`));
    }

    const changed = await changeTree(copy);

    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThanOrEqual(2);
    for (const name of changed) {
      const content = await readFile(join(original, name));
      expect(content.toString()).toMatch(/^content \d+$/);
      expect(await readFile(join(copy, name))).toEqual(Buffer.concat([INSERTED, content]));
      const [before, after] = [await stat(join(original, name)), await stat(join(copy, name))];
      expect(after.mode).toBe(before.mode);
      expect(Math.round(after.mtimeMs)).toBe(Math.round(before.mtimeMs));
    }
  });

  it("counts a file with several names once", async () => {
    await writeFile(join(directory, "a"), Buffer.alloc(100_000));
    await link(join(directory, "a"), join(directory, "b"));
    // With both names of it, this would be less than 1 %, and chosen.
    await writeFile(join(directory, "c"), Buffer.alloc(1_500));

    expect(await changeTree(directory)).toEqual([]);
  });
});
