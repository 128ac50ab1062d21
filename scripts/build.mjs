// Bundles every entry point into dist/.
import { rm } from "node:fs/promises";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const outdir = process.argv[2] ?? "dist";

await rm(`${outdir}/cli`, { recursive: true, force: true });
await build({
  ...bundleOptions,
  entryPoints: { "cli/index": "src/cli/index.ts" },
  outdir,
  outExtension: { ".js": ".cjs" },
  minify: true,
  keepNames: true,
  legalComments: "linked",
});
