// Bundles the benchmark, which is TypeScript like the rest, and runs it: `npm run bench -- convert --help`.
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const repository = fileURLToPath(new URL("..", import.meta.url));
const directory = await mkdtemp(join(tmpdir(), "golem-image-bench-"));
try {
  const outfile = join(directory, "bench.cjs");
  await build({
    entryPoints: [join(repository, "bench/index.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
  const { main } = createRequire(import.meta.url)(outfile);
  process.exitCode = await main(process.argv.slice(2), repository);
} finally {
  await rm(directory, { recursive: true, force: true });
}
