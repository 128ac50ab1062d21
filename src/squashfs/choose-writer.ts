import { GzipWriter } from "./gzip-writer.ts";
import type { SquashfsCompression, SquashfsWriter } from "./squashfs-writer.ts";
import { Tar2sqfsWriter } from "./tar2sqfs-writer.ts";

/** The writer for a compression: our own where it can, which needs nothing installed. */
export function chooseWriter(compression: SquashfsCompression): SquashfsWriter {
  return compression === "gzip" ? new GzipWriter() : new Tar2sqfsWriter();
}
