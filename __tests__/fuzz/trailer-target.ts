import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspectGvmi } from "../../src/gvmi/read.ts";
import { superblock, trailer } from "../support/gvmi.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";

const METADATA = [
  {},
  { Volumes: { "/a": {}, "/b/c": {} }, Env: ["A=1"], Cmd: ["/bin/sh"], WorkingDir: "/w" },
  { Volumes: { "/../x": {}, "/a,b": {}, "/\n": {}, "/": {} }, Entrypoint: null },
  { Env: "A=1", Volumes: [], Cmd: {} },
  [],
  "text",
  null,
];

/** A superblock and a trailer; the JSON is damaged below a CRC that is right, or the whole is. */
export const trailerTarget: FuzzTarget = {
  make(random) {
    const json = Buffer.from(JSON.stringify(random.pick(METADATA)));
    const end = trailer(random.chance(0.5) ? mutate(random, json) : json);
    const whole = Buffer.concat([superblock(), end]);
    return random.chance(0.6) ? mutate(random, whole) : whole;
  },
  async read(input, directory) {
    const path = join(directory, "image.gvmi");
    await writeFile(path, input);
    await inspectGvmi(path);
  },
};
