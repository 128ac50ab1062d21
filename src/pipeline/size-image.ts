import { readGvmi } from "../gvmi/read.ts";
import { SIZE_SCHEMA, type SizeResult } from "../sizing/size-result.ts";
import { measureBytes } from "./size-bytes.ts";
import type { SizeImageInput } from "./size-input.ts";
import { findNeeds } from "./size-needs.ts";

/**
 * Finds what an image needs of a provider, and where its bytes are.
 *
 * @throws {GvmiFormatError} when the file is not a sound .gvmi
 * @throws {SettingsError} when a file of tests is wrong
 * @throws {VmError} {DeadlineError} {TestsFailedError} when the image does not work with the memory of the settings
 * @throws {MissingToolError} without QEMU, a kernel, or the compressor of `smallest`
 * @throws {ImageSourceError} when the archive is not there, or damaged
 * @throws the abort reason
 */
export async function sizeImage(input: SizeImageInput): Promise<SizeResult> {
  const started = performance.now();
  const gvmi = await readGvmi(input.path);
  const bytes = await measureBytes(gvmi, input);
  const needs = input.boots === false ? null : await findNeeds(gvmi, input);
  return {
    schema: SIZE_SCHEMA,
    image: input.path,
    durationMs: Math.round(performance.now() - started),
    needs,
    bytes,
  };
}
