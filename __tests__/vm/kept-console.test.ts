import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepConsole } from "../../src/vm/kept-console.ts";

let directory: string;
const before = process.env.GOLEM_IMAGE_CACHE;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kept-"));
  process.env.GOLEM_IMAGE_CACHE = join(directory, "cache");
});
afterEach(() => {
  if (before === undefined) delete process.env.GOLEM_IMAGE_CACHE;
  else process.env.GOLEM_IMAGE_CACHE = before;
  rmSync(directory, { recursive: true });
});

test("the console is there under the name that is given back, and old ones are removed", async () => {
  const console = join(directory, "console");
  let newest: string | undefined;
  for (let run = 0; run < 15; run++) {
    writeFileSync(console, `run ${run}`);
    newest = await keepConsole(console);
    expect(readFileSync(newest ?? "", "utf8")).toBe(`run ${run}`);
  }
  expect(readdirSync(join(directory, "cache/consoles"))).toHaveLength(10);
});

test("a console that cannot be kept is no failure of its own", async () => {
  expect(await keepConsole(join(directory, "missing"))).toBeUndefined();
  const console = join(directory, "console");
  writeFileSync(console, "");
  process.env.GOLEM_IMAGE_CACHE = join(console, "below-a-file");
  expect(await keepConsole(console)).toBeUndefined();
});
