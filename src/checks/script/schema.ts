import * as v from "valibot";
import { map, text } from "../../settings/schema-values.ts";

// The commands of an exe-script, as requestors send them to a provider (ya-client's ExeScriptCommand).

const anything = v.optional(v.any());

const capturePart = v.nullish(
  v.union(
    [v.string(), v.record(v.string(), v.any())],
    "expected how the output is captured, such as {stream: {}}",
  ),
);

const deploy = map({
  net: v.optional(v.array(v.any(), "expected a list of networks")),
  hosts: anything,
  volumes: anything,
  progress: anything,
});

const start = map({ args: v.optional(v.array(v.string(), "expected a list of words"), []) });

const run = map({
  entry_point: v.pipe(
    text("the absolute path of a program"),
    v.startsWith("/", "expected the absolute path of a program: a Golem VM does not search PATH"),
  ),
  args: v.optional(v.array(v.string("expected text"), "expected a list of words"), []),
  capture: v.optional(map({ stdout: capturePart, stderr: capturePart })),
});

const transferUrl = v.pipe(
  text("a URL such as container:/golem/output/file or file:result.txt"),
  v.regex(/^(container|file):/, "expected a container: or file: URL; others would need a network"),
);

/** A provider gives a requestor no files of its own machine, and takes none from one volume to another for it. */
const transfer = v.pipe(
  map({
    from: transferUrl,
    to: transferUrl,
    format: anything,
    depth: anything,
    fileset: anything,
    progress: anything,
  }),
  v.check(
    ({ from, to }) => from.startsWith("container:") !== to.startsWith("container:"),
    "from and to are both of one kind; a transfer goes from file: to container:, or from container: to file:",
  ),
);

/** Each command is a map of one key. */
const command = v.pipe(
  map({
    deploy: v.optional(deploy),
    start: v.optional(start),
    run: v.optional(run),
    transfer: v.optional(transfer),
    sign: v.optional(v.any()),
    terminate: v.optional(v.any()),
  }),
  v.check(
    (value) => Object.keys(value).length === 1,
    "expected one command: deploy, start, run, transfer, sign or terminate",
  ),
);

export const scriptSchema = v.pipe(
  v.array(command, "expected a list of commands"),
  v.minLength(1, "expected a list of commands"),
);

export type ScriptCommand = v.InferOutput<typeof scriptSchema>[number];
