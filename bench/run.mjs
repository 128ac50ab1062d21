// Bundles the benchmark, which is TypeScript like the rest, and runs it: `npm run bench -- convert --help`.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const repository = fileURLToPath(new URL("..", import.meta.url));
// Inside the checkout, so that the bundle finds the guest agent.
const scratch = join(repository, "node_modules", ".cache");
await mkdir(scratch, { recursive: true });
const directory = await mkdtemp(join(scratch, "bench-"));
try {
  const outfile = join(directory, "bench.cjs");
  await build({
    entryPoints: [join(repository, "bench/index.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["esbuild"],
    logLevel: "warning",
  });
  const { main } = createRequire(import.meta.url)(outfile);
  process.exitCode = await main(process.argv.slice(2), repository);
} finally {
  await rm(directory, { recursive: true, force: true });
}
