import { formatActionResults } from "../../bench/actions/report.ts";

test("starts and sizes above their limits are bold", () => {
  const text = formatActionResults({
    ...{ runs: 3, date: "2026-01-01", machine: ["a machine"], remarks: [] },
    floors: [40, 50, 60],
    actions: [
      { action: "lint", times: [80, 100, 120], bytes: 1024 ** 2 },
      { action: "convert", times: [400, 500, 600], bytes: 3 * 1024 ** 2 },
    ],
  });
  expect(text).toContain("| `node -e 0` | 50 | 1.00 | – |");
  expect(text).toContain("| `lint` | 100 | 2.00 | 1.00 |");
  expect(text).toContain("| `convert` | **500** | 10.00 | **3.00** |");
});
