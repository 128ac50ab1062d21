import * as v from "valibot";
import { ACTION_NAMES } from "../inputs/action-names.ts";

const text = v.string();
const count = v.pipe(v.number(), v.minValue(0));

const finding = v.object({
  rule: text,
  severity: v.picklist(["error", "warning", "info"]),
  file: text,
  line: v.number(),
  message: text,
});

const snippet = v.object({ consumer: text, language: text, code: text });

/** What a stage has to tell, apart from how it ended. */
const valueSchema = v.object({
  /** Lint's findings, in the order of the file. */
  findings: v.exactOptional(v.array(finding)),
  build: v.exactOptional(v.object({ builder: text, reason: text })),
  convert: v.exactOptional(
    v.object({
      hash: text,
      sha256: text,
      /** Bytes. */
      size: count,
      cache: v.picklist(["hit", "near", "miss"]),
      reusedShare: count,
      /** MiB. */
      maxSize: v.nullable(count),
      /** The image that was published last. */
      previous: v.nullable(v.object({ hash: text, size: count })),
    }),
  ),
  test: v.exactOptional(
    v.object({
      ok: v.boolean(),
      summary: text,
      /** As GitHub's Markdown, with nothing of a guest in it that is more than text. */
      markdown: text,
      requirements: v.nullable(
        v.object({ memoryGib: count, storageGib: count, isExact: v.boolean() }),
      ),
    }),
  ),
  publish: v.exactOptional(
    v.object({
      hash: text,
      url: text,
      package: text,
      size: count,
      tags: v.array(text),
      warnings: v.array(text),
      snippets: v.array(snippet),
    }),
  ),
});

const recordSchema = v.object({
  schema: v.literal(1),
  stage: v.picklist(ACTION_NAMES),
  outcome: v.picklist(["passed", "failed", "skipped"]),
  /** Why it was skipped or failed; empty when it passed. */
  reason: text,
  /** What to do next. */
  hint: v.nullable(text),
  /** Milliseconds since 1970. */
  startedAt: count,
  /** Milliseconds. */
  durationMs: count,
  value: valueSchema,
});

export type StageValue = v.InferOutput<typeof valueSchema>;

/** What a stage leaves for the summary. */
export type StageRecord = v.InferOutput<typeof recordSchema>;

/** @returns undefined for what no stage has written */
export function parseStageRecord(json: string): StageRecord | undefined {
  try {
    return v.parse(recordSchema, JSON.parse(json));
  } catch {
    return undefined;
  }
}
