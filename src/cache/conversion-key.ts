import { createHash } from "node:crypto";
import { encodeMetadata } from "../gvmi/metadata.ts";
import type { RunConfig } from "../oci/image-config.ts";

/**
 * To be raised with every change of the converter that gives other bytes for the same image: an entry of an
 * older one is then neither a hit nor a source of blocks.
 */
const CONVERTER_VERSION = 2;

/** What decides the bytes of a .gvmi, apart from the converter itself. */
export interface ConversionInputs {
  readonly config: RunConfig;
  /** Digests of the uncompressed layers, lowest first. */
  readonly diffIds: readonly string[];
  /** Every option of the conversion that changes its output; JSON values only. */
  readonly options: Readonly<Record<string, string | number>>;
  /** The compressor and its version: another version compresses to other bytes. */
  readonly compressor: string;
}

/** Names a conversion's result. */
export interface ConversionKey {
  /** Equal for conversions whose compressed blocks may be mixed. */
  readonly options: string;
  /** Equal for the same image. */
  readonly content: string;
}

export function conversionKey(inputs: ConversionInputs): ConversionKey {
  const options = Object.entries(inputs.options).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    options: digest(JSON.stringify([CONVERTER_VERSION, inputs.compressor, options])),
    content: digest(JSON.stringify(inputs.diffIds), encodeMetadata(inputs.config)),
  };
}

function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\n");
  return hash.digest("hex").slice(0, 40);
}
