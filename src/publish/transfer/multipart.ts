import { randomBytes } from "node:crypto";
import type { TransferBody } from "./send.ts";

/** The type of a body, and the body. */
export interface MultipartForm {
  readonly contentType: string;
  readonly body: TransferBody;
}

/**
 * A form of text fields and at most one file, which comes last, with a length that is known before it is sent
 * (RFC 7578).
 *
 * @param fields names and values without line breaks and quotes, in this order
 */
export function multipartForm(
  fields: Readonly<Record<string, string>>,
  file?: { readonly name: string; readonly content: TransferBody },
): MultipartForm {
  const boundary = `golem-image-${randomBytes(16).toString("hex")}`;
  const part = (disposition: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const texts = Object.entries(fields).map(
    ([name, value]) => `${part(`name="${name}"`)}\r\n${value}\r\n`,
  );
  const fileHead = file
    ? `${part(`name="file"; filename="${file.name}"`)}Content-Type: application/octet-stream\r\n\r\n`
    : "";
  const head = Buffer.from(texts.join("") + fileHead);
  const end = Buffer.from(`${file ? "\r\n" : ""}--${boundary}--\r\n`);
  const content = file?.content;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: {
      size: head.length + (content?.size ?? 0) + end.length,
      async *read() {
        yield head;
        if (content) yield* content.read();
        yield end;
      },
    },
  };
}

/** A body that is in memory already. */
export function bytesBody(bytes: Uint8Array): TransferBody {
  return {
    size: bytes.length,
    async *read() {
      yield bytes;
    },
  };
}
