import * as v from "valibot";
import { ImageSourceError } from "../errors.ts";
import type { StoredBlob } from "./blob-store.ts";
import { type Digest, DigestCheck } from "./digest.ts";

/** Real manifests and configurations have a few KiB. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

/**
 * Reads a JSON document of an archive and checks its shape.
 *
 * @param name the document in messages, such as "The manifest sha256:0123"
 * @param digest what its bytes must hash to
 * @throws {ImageSourceError}
 */
export async function readJsonDocument<Schema extends v.GenericSchema>(
  blob: StoredBlob,
  name: string,
  schema: Schema,
  digest?: Digest,
): Promise<v.InferOutput<Schema>> {
  if (blob.size > MAX_DOCUMENT_BYTES) {
    throw new ImageSourceError(
      `${name} has ${blob.size} bytes, more than is sensible (${MAX_DOCUMENT_BYTES}).`,
    );
  }
  const bytes = await blob.reader().read(blob.size);
  if (digest) {
    const check = new DigestCheck(digest);
    check.update(bytes);
    check.finish(name);
  }
  return parseDocument(bytes, name, schema);
}

function parseDocument<Schema extends v.GenericSchema>(
  bytes: Uint8Array,
  name: string,
  schema: Schema,
): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ImageSourceError(`${name} is not JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new ImageSourceError(
    `${name} is malformed${path === null ? "" : ` at "${path}"`}: ${issue.message}.`,
  );
}
