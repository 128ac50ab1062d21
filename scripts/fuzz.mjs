// Feeds damaged input to one of the readers until a bug is found or time is up.
//
//   npm run fuzz -- tar|pax|manifest|trailer|squashfs [--seconds N] [--seed S]
//
// Without --seconds it goes on until Ctrl-C. A bug is anything but a typed error: another exception, a hang,
// too much memory. Its seed repeats it, and its input is kept in the temporary directory.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { bundleOptions } from "./bundle-options.mjs";

const TARGETS = ["tar", "pax", "manifest", "trailer", "squashfs"];
const HANG_SECONDS = 60;
const REPORT_SECONDS = 10;
/** For the heap of V8; buffers are counted by the child itself. */
const HEAP_MEGABYTES = 1024;

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: "string" }, seed: { type: "string" } },
  });
  const [target] = positionals;
  const seconds = Number(values.seconds ?? 2 ** 31);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  if (!TARGETS.includes(target) || !(seconds > 0) || !Number.isSafeInteger(seed)) {
    console.error(`Usage: npm run fuzz -- ${TARGETS.join("|")} [--seconds N] [--seed S]`);
    process.exit(2);
  }
  return { target, seconds, seed };
}

async function fuzz({ target, seconds, seed }, program) {
  console.log(`fuzz: ${target} from seed ${seed}`);
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MEGABYTES}`, program, target, seed, seconds, tmpdir()],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  let last = { seed, accepted: 0 };
  let reported = Date.now();
  const hang = setTimeout(() => {
    console.error(`fuzz: seed ${last.seed} takes more than ${HANG_SECONDS} s`);
    child.kill("SIGKILL");
  }, HANG_SECONDS * 1000);
  const report = () => {
    reported = Date.now();
    console.log(`fuzz: ${last.seed - seed} inputs, ${last.accepted} of them accepted`);
  };
  child.on("message", (message) => {
    last = message;
    hang.refresh();
    if (Date.now() - reported > REPORT_SECONDS * 1000) report();
  });
  const [code, signal] = await new Promise((resolve) => {
    child.once("close", (...ending) => resolve(ending));
  });
  clearTimeout(hang);
  report();
  if (code === 0) return;
  console.error(
    `fuzz: a bug at seed ${last.seed} (${signal ?? `exit code ${code}`}); again: npm run fuzz -- ${target} --seed ${last.seed}`,
  );
  process.exitCode = 1;
}

// Ctrl-C reaches the child, too, which then ends; what is left is cleaned up here.
process.on("SIGINT", () => {});
const options = readArguments();
const directory = await mkdtemp(join(tmpdir(), "gi-fuzz-"));
try {
  const program = join(directory, "fuzz.cjs");
  await build({
    ...bundleOptions,
    absWorkingDir: join(dirname(fileURLToPath(import.meta.url)), ".."),
    entryPoints: ["__tests__/fuzz/main.ts"],
    outfile: program,
    sourcemap: "inline",
  });
  await fuzz(options, program);
} finally {
  await rm(directory, { recursive: true, force: true });
}
