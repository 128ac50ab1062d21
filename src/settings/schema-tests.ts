import * as v from "valibot";
import { PROFILES } from "../vm/profiles.ts";
import {
  choice,
  duration,
  guestPath,
  hostPath,
  map,
  memory,
  patterns,
  text,
  wholeNumber,
} from "./schema-values.ts";
import { networkValue } from "./schema-vm.ts";
import { BUILT_IN_CHECKS, ISOLATIONS } from "./test-settings.ts";

const expectedFile = v.pipe(
  map({
    path: v.pipe(guestPath, v.description("The file's absolute path in the VM.")),
    exists: v.pipe(
      v.optional(v.boolean("expected true or false"), true),
      v.description("Whether the file must be there, or must not."),
    ),
    contents: v.pipe(
      v.optional(patterns, []),
      v.description("Regular expressions (RE2) that must all be found in the file."),
    ),
  }),
  v.check(
    ({ exists, contents }) => exists || contents.length === 0,
    "contents belongs to a file that exists; remove it, or exists: false",
  ),
);

const POINTER_FORM = "expected a JSON Pointer, such as /items/0/name";

const expectedJson = v.pipe(
  map({
    file: v.pipe(
      v.optional(guestPath),
      v.description("A file in a volume that holds the JSON; the standard output by default."),
    ),
    at: v.pipe(
      v.optional(v.pipe(v.string(POINTER_FORM), v.regex(/^(\/.*)?$/s, POINTER_FORM)), ""),
      v.description("Where in it, as a JSON Pointer such as /items/0/name; the whole by default."),
    ),
    equals: v.pipe(v.optional(v.any()), v.description("The value that must be there.")),
    matches: v.pipe(
      v.optional(v.string("expected a regular expression in quotes")),
      v.description("A regular expression (RE2) that must be found in the value."),
    ),
  }),
  v.check(
    ({ equals, matches }) => equals === undefined || matches === undefined,
    "equals and matches are both given; keep one of the two",
  ),
);

const expectSchema = map({
  exitCode: v.pipe(
    v.optional(wholeNumber(0, 255), 0),
    v.description("The exit code that the command must end with."),
  ),
  stdout: v.pipe(
    v.optional(patterns, []),
    v.description("Regular expressions (RE2) that must all be found in the standard output."),
  ),
  stderr: v.pipe(
    v.optional(patterns, []),
    v.description("Regular expressions (RE2) that must all be found in the standard error."),
  ),
  files: v.pipe(
    v.optional(v.array(expectedFile, "expected a list of files"), []),
    v.description("Files to look at in the VM after the command."),
  ),
  json: v.pipe(
    v.optional(v.array(expectedJson, "expected a list of JSON fields")),
    v.description("Fields of JSON that must be there."),
  ),
});

const putEntry = map({
  from: v.pipe(hostPath, v.description("The file to copy.")),
  to: v.pipe(guestPath, v.description("The path of the copy.")),
});

const getEntry = map({
  from: v.pipe(guestPath, v.description("The file to copy.")),
  to: v.pipe(hostPath, v.description("The path of the copy.")),
});

const COMMAND_FORM =
  'shell text, or a list whose first element is an absolute path, such as ["/bin/ls", "-l"]';

const command = v.pipe(
  v.union([text(COMMAND_FORM), v.array(v.string())], `expected ${COMMAND_FORM}`),
  v.check(
    (run) => typeof run === "string" || (run[0]?.startsWith("/") ?? false),
    `expected ${COMMAND_FORM}: a Golem VM does not search PATH`,
  ),
  v.check((run) => ![run].flat().some((part) => part.includes("\0")), "has a NUL character"),
);

function given(value: object, keys: readonly string[]): string[] {
  return keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
}

/** Exactly one of some keys. */
const oneOf = <TMap extends object>(keys: readonly string[]) =>
  v.rawCheck<TMap>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const found = given(dataset.value, keys);
    if (found.length === 0) addIssue({ message: `has none of ${keys.join(", ")}` });
    if (found.length > 1) addIssue({ message: `has ${found.join(" and ")}; keep one of them` });
  });

const READY_KEYS = ["log", "port", "file"] as const;

const readySchema = v.pipe(
  map({
    log: v.pipe(
      v.optional(text("a regular expression in quotes")),
      v.description("A regular expression (RE2) that is found in what the service prints."),
    ),
    port: v.pipe(
      v.optional(wholeNumber(1, 65_535)),
      v.description("A TCP port that is listened on, at the VPN's address or at all of them."),
    ),
    file: v.pipe(v.optional(guestPath), v.description("A file in the VM that exists.")),
  }),
  oneOf(READY_KEYS),
);

const instanceName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][\w-]*$/, "expected a name of letters, digits, - and _"),
);

const STEP_KEYS = ["run", "background", "put", "get"] as const;

const stepSchema = v.pipe(
  map({
    name: v.pipe(
      v.optional(text("a name")),
      v.description("What the step is called in reports; its command by default."),
    ),
    on: v.pipe(
      v.optional(instanceName),
      v.description("The instance that the step is about; the first one by default."),
    ),
    run: v.pipe(v.optional(command), v.description("A command, as a test's own.")),
    background: v.pipe(
      v.optional(command),
      v.description("A command that is left running until the test ends: a service."),
    ),
    until: v.pipe(
      v.optional(readySchema),
      v.description("What is waited for after background; nothing by default."),
    ),
    put: v.pipe(
      v.optional(putEntry),
      v.description("A file to copy into a volume; one of run, background, put and get."),
    ),
    get: v.pipe(v.optional(getEntry), v.description("A file to copy out of a volume.")),
    expect: v.pipe(
      v.optional(expectSchema),
      v.description("What must hold after run; by default that it exits with 0."),
    ),
    timeout: v.pipe(
      v.optional(duration),
      v.description("How long run may take, or background until it is ready."),
    ),
  }),
  oneOf(STEP_KEYS),
  v.check(
    ({ background, until }) => until === undefined || background !== undefined,
    "until belongs to background",
  ),
  v.check(({ run, expect }) => expect === undefined || run !== undefined, "expect belongs to run"),
);

const instanceSchema = map({
  image: v.pipe(v.optional(hostPath), v.description("A .gvmi; the image under test by default.")),
  memory: v.pipe(v.optional(memory), v.description("RAM; vm.memory by default.")),
  cpus: v.pipe(v.optional(wholeNumber(1, 255)), v.description("Cores; vm.cpus by default.")),
  ip: v.pipe(
    v.optional(text("an address of 192.168.0.0/24")),
    v.description("Its address in 192.168.0.0/24; the next free one by default."),
  ),
});

const TEST_KEYS = ["run", "steps", "script", "check"] as const;

/** Whether something is expected that is not expected anyway. */
function isOwnExpectation(expect: v.InferOutput<typeof expectSchema>): boolean {
  const { exitCode, stdout, stderr, files, json } = expect;
  return exitCode !== 0 || [...stdout, ...stderr, ...files, ...(json ?? [])].length > 0;
}

export const testSchema = v.pipe(
  map({
    name: v.pipe(text("a name"), v.description("What the test is called in reports; unique.")),
    run: v.pipe(
      v.optional(command),
      v.description(
        "The command: text for /bin/sh -c, or a list with an absolute path. One of run, steps, script and check.",
      ),
    ),
    steps: v.pipe(
      v.optional(
        v.pipe(
          v.array(stepSchema, "expected a list of steps"),
          v.minLength(1, "expected a list of steps"),
        ),
      ),
      v.description("Several commands, services and transfers, one after the other."),
    ),
    script: v.pipe(
      v.optional(hostPath),
      v.description("A Golem exe-script, in JSON or YAML, that is run as a provider would."),
    ),
    check: v.pipe(
      v.optional(choice(BUILT_IN_CHECKS)),
      v.description("A check that is known by its name."),
    ),
    put: v.pipe(
      v.optional(v.array(putEntry, "expected a list of {from, to}"), []),
      v.description("Files to copy into the VM's volumes before the command."),
    ),
    expect: v.pipe(
      v.optional(expectSchema, {}),
      v.description("What must hold after the command; by default that it exits with 0."),
    ),
    get: v.pipe(
      v.optional(v.array(getEntry, "expected a list of {from, to}"), []),
      v.description("Files to copy out of the VM's volumes after the command."),
    ),
    timeout: v.pipe(
      v.optional(duration),
      v.description("How long each command may run; vm.timeouts.command by default."),
    ),
    isolation: v.pipe(
      v.optional(choice(ISOLATIONS)),
      v.description(
        "What state the test meets: reset (as after a boot), boot (a boot of its own), or shared (what earlier ones left).",
      ),
    ),
    memory: v.pipe(v.optional(memory), v.description("RAM for this test; vm.memory by default.")),
    cpus: v.pipe(
      v.optional(wholeNumber(1, 255)),
      v.description("Cores for this test; vm.cpus by default."),
    ),
    profile: v.pipe(
      v.optional(choice(PROFILES)),
      v.description("The only profile that the test is run on; by default all that are tested."),
    ),
    network: v.pipe(
      v.optional(networkValue),
      v.description("The network for this test; vm.network by default."),
    ),
    instances: v.pipe(
      v.optional(v.record(instanceName, instanceSchema, "expected a map of instances")),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the person writes.
      v.description("Several VMs on one VPN, by name; ${instances.NAME.ip} is an address."),
    ),
  }),
  oneOf(TEST_KEYS),
  v.check(
    ({ instances, steps }) => instances === undefined || steps !== undefined,
    "instances belongs to steps",
  ),
  v.check(
    ({ run, put, get }) => run !== undefined || put.length + get.length === 0,
    "put and get belong to run; a step has its own",
  ),
  v.check(
    ({ run, expect }) => run !== undefined || !isOwnExpectation(expect),
    "expect belongs to run; a step has its own",
  ),
  v.check(
    ({ instances }) => instances === undefined || Object.keys(instances).length > 0,
    "instances has none; name at least one, such as instances: {db: {}}, or remove the key",
  ),
  v.check(
    ({ instances, network }) => instances === undefined || network === undefined,
    "network does not go with instances, which have a VPN of their own; remove one of the two",
  ),
);
