// Writes the metadata of all actions, and the tables of docs/actions.md, from src/actions/inputs.
//
//   node scripts/write-actions.mjs          writes them
//   node scripts/write-actions.mjs --check  fails when one is not what would be written
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const isCheck = process.argv[2] === "--check";
const directory = await mkdtemp(join(root, "node_modules/.actions-"));
try {
  const files = await generate();
  let stale = 0;
  for (const [path, text] of files) {
    const present = await readFile(join(root, path), "utf8").catch(() => "");
    if (present === text) continue;
    stale += 1;
    if (isCheck) {
      console.error(`${path} is stale`);
    } else {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
      console.log(`wrote ${path}`);
    }
  }
  if (isCheck && stale > 0) {
    console.error("Run `node scripts/write-actions.mjs` and commit the result.");
    process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true });
}

async function generate() {
  const outfile = join(directory, "metadata.cjs");
  await build({
    ...bundleOptions,
    entryPoints: [join(root, "src/actions/metadata/index.ts")],
    outfile,
  });
  const { actionFiles, placeTables } = createRequire(import.meta.url)(outfile);
  const page = "docs/actions.md";
  const document = await readFile(join(root, page), "utf8");
  return new Map([...actionFiles(), [page, placeTables(document)]]);
}
