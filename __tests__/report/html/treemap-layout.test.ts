import { layOut } from "../../../src/report/html/treemap-layout.ts";

const node = (storedBytes: number) => ({ name: String(storedBytes), storedBytes, children: [] });
const box = { x: 10, y: 20, width: 600, height: 400 };

test("areas are as the sizes, fill the box, and do not overlap", () => {
  const sizes = [600, 600, 400, 300, 200, 200, 100];
  const placed = layOut(sizes.map(node), box);
  const total = sizes.reduce((sum, size) => sum + size);
  for (const { node: each, width, height, x, y } of placed) {
    expect(width * height).toBeCloseTo((each.storedBytes / total) * 600 * 400);
    expect(x).toBeGreaterThanOrEqual(10);
    expect(y).toBeGreaterThanOrEqual(20);
    expect(x + width).toBeLessThanOrEqual(610.001);
    expect(y + height).toBeLessThanOrEqual(420.001);
  }
  for (const [index, a] of placed.entries()) {
    for (const b of placed.slice(index + 1)) {
      const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      expect(Math.min(across, down)).toBeLessThan(0.001);
    }
  }
});

test("parts are near to squares", () => {
  const placed = layOut([6, 6, 4, 3, 2, 2, 1].map(node), { x: 0, y: 0, width: 6, height: 4 });
  const ratios = placed.map(({ width, height }) => Math.max(width / height, height / width));
  expect(Math.max(...ratios)).toBeLessThan(3);
});

test("nothing has no place", () => {
  expect(layOut([], box)).toEqual([]);
});
