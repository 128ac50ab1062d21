// Bundles the command line program into dist/, or into another directory that is given.
import { buildProgram } from "./build-program.mjs";

await buildProgram(process.argv[2] ?? "dist");
