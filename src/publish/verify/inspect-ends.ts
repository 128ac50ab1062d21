import { GvmiFormatError } from "../../errors.ts";
import { parseMetadata } from "../../gvmi/read.ts";
import { decodeTrailer, SMALLEST_TRAILER, trailerSize } from "../../gvmi/trailer.ts";
import { parseSuperblock } from "../../squashfs/superblock.ts";
import type { FileEnds } from "../download-body.ts";
import { shownUrl } from "../shown-url.ts";

/** As many of the last bytes as hold any trailer that is sensible. */
export const LONGEST_TRAILER = 1024 * 1024;

const LENGTH_SIZE = 8;

export interface InspectedEnds {
  /** Mount points. */
  readonly volumes: readonly string[];
  readonly workingDirectory: string;
  /** How the squashfs is compressed. */
  readonly compression: string;
}

/**
 * Reads what the two ends of a .gvmi say: the trailer with its checksum, and the superblock of the squashfs.
 *
 * @param place for messages
 * @throws {GvmiFormatError} when they are not those of a sound .gvmi
 */
export function inspectEnds(place: string, { size, start, end }: FileEnds): InspectedEnds {
  try {
    if (size < SMALLEST_TRAILER) {
      throw new GvmiFormatError(
        `It has ${size} bytes; the shortest possible has ${SMALLEST_TRAILER}.`,
      );
    }
    const trailer = trailerSize(end.subarray(-LENGTH_SIZE), size);
    if (trailer > end.length) {
      throw new GvmiFormatError(
        `Its metadata has ${trailer} bytes; at most ${end.length} are looked at here.`,
      );
    }
    const { volumes, workingDirectory } = parseMetadata(decodeTrailer(end.subarray(-trailer)));
    const { compression } = parseSuperblock(start, size - trailer);
    return { volumes, workingDirectory, compression };
  } catch (error) {
    if (!(error instanceof GvmiFormatError)) throw error;
    throw new GvmiFormatError(
      `The file at ${shownUrl(place)} is not a sound .gvmi. ${error.message}`,
      {
        hint: "It can be downloaded, and no provider can boot it. Publish a .gvmi, not an archive or another image.",
        cause: error,
      },
    );
  }
}
