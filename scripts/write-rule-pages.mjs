// Writes docs/rules from the rules in src/lint/rules; a test holds them equal.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = join(root, "docs/rules");
const directory = await mkdtemp(join(root, "node_modules/.pages-"));
try {
  const outfile = join(directory, "documentation.cjs");
  await build({
    ...bundleOptions,
    entryPoints: [join(root, "src/lint/pages/documentation.ts")],
    outfile,
  });
  const { ruleDocumentation } = createRequire(import.meta.url)(outfile);
  const documentation = ruleDocumentation();
  await mkdir(pages, { recursive: true });
  for (const name of await readdir(pages)) {
    if (!documentation.has(name)) await rm(join(pages, name));
  }
  for (const [name, text] of documentation) await writeFile(join(pages, name), text);
  console.log(`wrote ${documentation.size} files to ${pages}`);
} finally {
  await rm(directory, { recursive: true });
}
