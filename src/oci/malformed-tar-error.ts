import type { ByteString } from "./entry.ts";

/**
 * A tar archive is damaged, hostile or of a kind that images do not use. The message completes the sentence
 * "archive X, entry Y: ..."; whoever knows the archive turns it into an ImageSourceError.
 */
export class MalformedTarError extends Error {
  /** The entry's name, once it is known. */
  entry: ByteString | undefined;

  constructor(message: string, entry?: ByteString) {
    super(message);
    this.name = "MalformedTarError";
    this.entry = entry;
  }
}

/** Runs `body`; an error of the archive that it throws is of that entry. */
export function naming<T>(entryName: ByteString, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof MalformedTarError) error.entry ??= entryName;
    throw error;
  }
}
