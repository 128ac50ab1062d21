import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { TEST_KINDS } from "../checks/test-result.ts";
import { RESULT_SCHEMA, type TestImageResult } from "../pipeline/profile-result.ts";
import { PROFILES } from "../vm/profiles.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const milliseconds = v.pipe(v.number(), v.minValue(0), v.description("Milliseconds."));
const bytes = v.pipe(v.number(), v.minValue(0), v.description("Bytes."));
const profile = v.picklist(PROFILES);

const outputText = v.pipe(
  v.object({ text: v.string(), truncated: v.boolean() }),
  v.description("The beginning of what a command printed."),
);

const step = v.object({
  name: v.exactOptional(v.string()),
  command: v.pipe(v.array(v.string()), v.description("Empty for a step that is no command.")),
  exitCode: v.pipe(
    v.nullable(v.number()),
    v.description("128 + the signal's number for a command that was killed; null without an end."),
  ),
  stdout: outputText,
  stderr: outputText,
  durationMs: milliseconds,
  message: v.pipe(v.string(), v.description("Why the step failed; empty when it did not.")),
  instance: v.exactOptional(v.string()),
});

const test = v.object({
  id: v.pipe(v.string(), v.description("The same in every run of the same files.")),
  name: v.string(),
  source: v.nullable(v.object({ file: v.string(), line: count })),
  kind: v.picklist(TEST_KINDS),
  verdict: v.pipe(
    v.picklist(["passed", "failed", "skipped", "flaky"]),
    v.description("flaky: it failed, and passed when it was tried again."),
  ),
  ok: v.boolean(),
  exitCode: v.nullable(v.number()),
  durationMs: milliseconds,
  message: v.pipe(v.string(), v.description("Empty when it passed.")),
  problems: v.array(v.string()),
  explanation: v.exactOptional(v.object({ rule: v.exactOptional(v.string()), text: v.string() })),
  steps: v.array(step),
  isolation: v.pipe(
    v.picklist(["boot", "reset", "shared", "at-rest"]),
    v.description("What state the test met."),
  ),
  profile,
  attempts: count,
  repeatCommand: v.pipe(v.string(), v.description("Repeats this test alone; for a shell.")),
});

const room = v.object({ sizeBytes: bytes, usedBytes: bytes, peakBytes: v.nullable(bytes) });

const measurements = v.object({
  cpuSeconds: v.nullable(v.number()),
  hostMemoryPeakBytes: v.nullable(bytes),
  memory: v.nullable(room),
  overlay: v.nullable(room),
  tmp: v.nullable(room),
  storage: v.object({
    limitMib: v.nullable(v.number()),
    enforcement: v.picklist(["enforced", "checked-afterwards", "none"]),
    reason: v.string(),
  }),
  volumes: v.array(v.object({ path: v.string(), bytes, isOverLimit: v.boolean() })),
});

const timelineEntry = v.object({
  name: v.string(),
  kind: v.picklist(["boot", "reset", "test"]),
  atMs: milliseconds,
  durationMs: milliseconds,
  vm: v.pipe(count, v.description("Which of the VMs that run at a time, from 0.")),
  phases: v.exactOptional(
    v.pipe(
      v.array(v.object({ name: v.string(), durationMs: milliseconds })),
      v.description("What the end of a boot went to, from QEMU's start on."),
    ),
  ),
});

const sample = v.object({
  atMs: milliseconds,
  memory: v.nullable(bytes),
  overlay: v.nullable(bytes),
  tmp: v.nullable(bytes),
  volumes: v.pipe(v.record(v.string(), bytes), v.description("By the volume's path.")),
  vm: count,
});

const failure = v.object({
  kind: v.picklist(["vm", "timeout"]),
  message: v.string(),
  during: v.pipe(v.nullable(v.string()), v.description("The test that was running.")),
  hint: v.nullable(v.string()),
  details: v.nullable(v.string()),
});

const profileResult = v.object({
  profile,
  ok: v.boolean(),
  runtime: v.object({
    name: v.picklist(["system", "ya-runtime-vm"]),
    version: v.string(),
    reason: v.string(),
  }),
  accelerator: v.picklist(["kvm", "tcg"]),
  acceleratorReason: v.string(),
  readyMs: v.pipe(v.nullable(milliseconds), v.description("Null when the VM was never ready.")),
  tests: v.array(test),
  failure: v.pipe(v.nullable(failure), v.description("What is wrong apart from the tests.")),
  measurements: v.nullable(measurements),
  timeline: v.array(timelineEntry),
  samples: v.array(sample),
  console: v.object({ path: v.nullable(v.string()), tail: v.string() }),
  limits: v.object({
    memoryMib: v.number(),
    cpus: v.number(),
    storageMib: v.nullable(v.number()),
    outputMib: v.number(),
    timeoutsMs: v.object({ boot: milliseconds, command: milliseconds, total: milliseconds }),
  }),
  repeatCommand: v.string(),
});

/** The shape of the JSON report. Keys that are not known are left alone: later versions may have more. */
export const resultSchema = v.object({
  schema: v.literal(RESULT_SCHEMA),
  ok: v.boolean(),
  image: v.pipe(v.string(), v.description("Path of the .gvmi.")),
  startedAt: v.pipe(v.string(), v.isoTimestamp()),
  durationMs: milliseconds,
  profiles: v.array(profileResult),
});

type Frozen<T> = T extends object ? { readonly [Key in keyof T]: Frozen<T[Key]> } : T;
type Same<A, B> = [A, B] extends [B, A] ? true : never;

/** Does not compile when the schema and the type of a result part. */
export const SCHEMA_IS_OF_RESULT: Same<
  Frozen<v.InferOutput<typeof resultSchema>>,
  Frozen<TestImageResult>
> = true;

/**
 * The JSON Schema of the JSON report. For development only: `scripts/write-editor-schema.mjs` writes it to
 * `docs/schema/`, and nothing that is shipped imports it.
 */
export function resultJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(resultSchema);
  return {
    $schema: schema.$schema,
    title: "The result of golem-image test",
    description: "What `golem-image test --report json` writes; docs/reports.md explains it.",
    ...schema,
  };
}
