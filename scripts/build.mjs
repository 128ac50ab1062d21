// Bundles every entry point into dist/ as CommonJS that needs no node_modules at run time.
import { rm } from "node:fs/promises";
import { build } from "esbuild";

const outdir = process.argv[2] ?? "dist";

await rm(`${outdir}/cli`, { recursive: true, force: true });
await build({
  entryPoints: { "cli/index": "src/cli/index.ts" },
  outdir,
  outExtension: { ".js": ".cjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minify: true,
  keepNames: true,
  legalComments: "linked",
  logLevel: "warning",
});
