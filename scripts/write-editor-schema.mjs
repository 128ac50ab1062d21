// Writes docs/schema/ from the schemas that the program itself uses; tests hold them equal.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const SCHEMAS = [
  ["src/settings/editor-schema.ts", "editorSchema", "golem-image.schema.json"],
  ["src/report/result-schema.ts", "resultJsonSchema", "test-result.schema.json"],
];

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = await mkdtemp(join(root, "node_modules/.schema-"));
try {
  for (const [source, name, target] of SCHEMAS) {
    const outfile = join(directory, `${name}.mjs`);
    await build({
      entryPoints: [join(root, source)],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error",
    });
    const module = await import(pathToFileURL(outfile).href);
    const file = join(root, "docs/schema", target);
    await writeFile(file, `${JSON.stringify(module[name](), null, 2)}\n`);
    console.log(`wrote ${file}; format it with: npx biome check --write ${file}`);
  }
} finally {
  await rm(directory, { recursive: true });
}
