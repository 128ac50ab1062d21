// Bundles the command line program and the actions into dist/, or into another directory that is given.
import { buildProgram, PROGRAMS } from "./build-program.mjs";

for (const name of Object.keys(PROGRAMS)) await buildProgram(process.argv[2] ?? "dist", name);
