import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders, type BusboyInstance } from "@fastify/busboy";
import { RequestError } from "../request-error.ts";

export type FormFields = ReadonlyMap<string, string>;

/** Longer than any field that clients send. */
const MAX_FIELD_BYTES = 4096;
const MAX_FIELDS = 16;

/**
 * Reads a form of text fields and at most one file with the name `file` (RFC 7578). The file is not kept: it
 * is handed on while it arrives, with the fields before it. Its length need not be known. When `takeFile`
 * throws, the rest is read and dropped, so that the client sees the answer.
 *
 * @param longestFile bytes
 * @throws {RequestError} 400, 413
 * @throws what `takeFile` throws
 */
export async function readForm(
  request: IncomingMessage,
  longestFile: number,
  takeFile?: (fields: FormFields, content: AsyncIterable<Buffer>) => Promise<void>,
): Promise<FormFields> {
  const fields = new Map<string, string>();
  let file: Readable | undefined;
  let taken: Promise<Outcome> | undefined;
  let problem: RequestError | undefined;
  const form = parserFor(request, longestFile);
  form.on("field", (name, value, isNameCut, isValueCut) => {
    if (isNameCut || isValueCut) problem ??= new RequestError(400, "A field is too long.");
    fields.set(name, value);
  });
  form.on("file", (name, content) => {
    // The form's own failure is what counts. Without a listener one that nobody reads would end the process.
    content.on("error", () => {});
    if (name !== "file" || !takeFile || taken) {
      content.resume();
      return;
    }
    file = content;
    // It ends there, and what comes behind is dropped.
    content.once("limit", () => {
      problem ??= new RequestError(413, `The file has more than ${longestFile} bytes.`);
    });
    // Destroying it, as loops do that end early, would leave the parser waiting for ever.
    const blocks = content.iterator({ destroyOnReturn: false });
    taken = outcomeOf(takeFile(fields, blocks)).finally(() => content.resume());
  });
  form.on("fieldsLimit", () => {
    problem ??= new RequestError(400, "The form has too many fields.");
  });
  try {
    await pipeline(request, form);
  } catch (error) {
    file?.destroy(error as Error);
    await taken;
    throw problem ?? new RequestError(400, "The form is malformed, or ended early.");
  }
  const outcome = await taken;
  if (problem) throw problem;
  if (takeFile && !outcome) throw new RequestError(400, 'The form has no part "file".');
  if (outcome && "error" in outcome) throw outcome.error;
  return fields;
}

type Outcome = { readonly error?: unknown };

/** Kept as data, because whether the form is sound has to be known first. */
function outcomeOf(work: Promise<void>): Promise<Outcome> {
  return work.then(
    () => ({}),
    (error) => ({ error }),
  );
}

function parserFor(request: IncomingMessage, longestFile: number): BusboyInstance {
  try {
    return new Busboy({
      headers: request.headers as BusboyHeaders,
      limits: {
        fieldSize: MAX_FIELD_BYTES,
        fieldNameSize: 100,
        fields: MAX_FIELDS,
        files: 1,
        parts: MAX_FIELDS + 1,
        fileSize: longestFile,
        headerPairs: 20,
      },
    });
  } catch {
    throw new RequestError(400, "This is no form of the type multipart/form-data.");
  }
}
