import { ConversionError } from "../errors.ts";
import type { ConvertSettings } from "../settings/settings.ts";
import { formatBytes } from "../system/format-bytes.ts";

const MEBIBYTE = 1024 ** 2;

/**
 * Holds a .gvmi to `convert.maxSize`.
 *
 * @param size in bytes
 * @param onWarning called with a full sentence when a larger one is only to be warned about
 * @throws {ConversionError} when it is larger than it may be
 */
export function assertWithinBudget(
  size: number,
  { maxSize, maxSizePolicy = "fail" }: Pick<ConvertSettings, "maxSize" | "maxSizePolicy">,
  onWarning: (message: string) => void,
): void {
  if (maxSize === undefined || size <= maxSize * MEBIBYTE) return;
  const message = `The image has ${formatBytes(size)}, and may have ${maxSize} MiB (max-size, convert.maxSize).`;
  if (maxSizePolicy === "warn") {
    onWarning(message);
    return;
  }
  throw new ConversionError(message, {
    hint: "`golem-image size` shows where its bytes are. Raise the limit, or set the policy to warn.",
  });
}
