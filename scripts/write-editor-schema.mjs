// Writes docs/schema/golem-image.schema.json from src/settings/schema.ts; a test holds the two equal.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = await mkdtemp(join(root, "node_modules/.schema-"));
try {
  const outfile = join(directory, "editor-schema.mjs");
  await build({
    entryPoints: [join(root, "src/settings/editor-schema.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "error",
  });
  const { editorSchema } = await import(pathToFileURL(outfile).href);
  const file = join(root, "docs/schema/golem-image.schema.json");
  await writeFile(file, `${JSON.stringify(editorSchema(), null, 2)}\n`);
  console.log(`wrote ${file}; format it with: npx biome check --write ${file}`);
} finally {
  await rm(directory, { recursive: true });
}
