import * as v from "valibot";
import { isWebPage } from "../transfer/answer-failure.ts";
import type { TransferAnswer } from "../transfer/send.ts";
import { TransferError } from "../transfer/transfer-error.ts";

/** What a registry has of an image. */
export interface ImageStatus {
  /** Whether it knows the descriptor. */
  readonly isKnown: boolean;
  /** Whether it has all chunks. */
  readonly isFull: boolean;
  hasChunk(number: number): boolean;
}

/** Where a registry has an image. */
export interface ImageInfo {
  /** SHA3-224, in lower case. */
  readonly hash: string;
  /** Where it can be downloaded: encrypted where that works. */
  readonly url: string;
  /** Bytes. */
  readonly size: number | undefined;
}

const StatusSchema = v.object({
  descriptor: v.string(),
  status: v.nullish(v.string()),
  chunks: v.nullish(v.array(v.union([v.number(), v.boolean()]))),
});

const InfoSchema = v.object({
  sha3: v.pipe(v.string(), v.toLowerCase(), v.regex(/^[0-9a-f]{56}$/)),
  http: v.nullish(v.string()),
  https: v.nullish(v.string()),
  size: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** @throws {TransferError} `protocol` */
export function readStatus(answer: TransferAnswer, registry: URL): ImageStatus {
  const { descriptor, status, chunks } = parse(StatusSchema, answer, registry);
  const isKnown = descriptor === "ok";
  return {
    isKnown,
    isFull: isKnown && status === "full",
    // What a short list does not mention is not there.
    hasChunk: (number) => isKnown && Number(chunks?.[number] ?? 0) === 1,
  };
}

/** @throws {TransferError} `protocol` */
export function readInfo(answer: TransferAnswer, registry: URL): ImageInfo {
  const { sha3, http, https, size } = parse(InfoSchema, answer, registry);
  const link = https || http || "";
  if (!/^https?:\/\//i.test(link) || !URL.canParse(link)) {
    throw notARegistry(registry, "its answer has no address to download from", answer);
  }
  return { hash: sha3, url: new URL(link).href, size: size ?? undefined };
}

/** @throws {TransferError} `protocol`, when a web page stands where a registry's answer should */
export function assertNoPage(answer: TransferAnswer, registry: URL): void {
  if (isWebPage(answer)) throw notARegistry(registry, "it answers with a web page", answer);
}

function parse<T extends v.GenericSchema>(
  schema: T,
  answer: TransferAnswer,
  registry: URL,
): v.InferOutput<T> {
  assertNoPage(answer, registry);
  let value: unknown;
  try {
    value = JSON.parse(answer.text);
  } catch {
    throw notARegistry(registry, "its answer is not JSON", answer);
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const at = v.getDotPath(parsed.issues[0]);
  throw notARegistry(registry, `its answer is malformed${at ? ` at "${at}"` : ""}`, answer);
}

function notARegistry(registry: URL, why: string, { status }: TransferAnswer): TransferError {
  return new TransferError(
    "protocol",
    `${registry.origin} does not answer as a registry: ${why} (HTTP ${status}).`,
    { status, hint: "Check REGISTRY_URL, and whether the network asks to sign in first." },
  );
}
