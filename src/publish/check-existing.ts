import {
  checkDownload,
  type Download,
  type DownloadCheck,
  type DownloadCheckOptions,
} from "./check-download.ts";
import { DownloadError } from "./download-error.ts";

/**
 * Looks whether providers get an image from where it may have been published before.
 *
 * @returns undefined when other bytes are there, which publishing mends
 * @throws {DownloadError} when they cannot be had at all, which publishing again would not change
 * @throws the abort reason
 */
export async function checkExisting(
  download: Download,
  options: DownloadCheckOptions,
): Promise<DownloadCheck | undefined> {
  try {
    return await checkDownload(download, options);
  } catch (error) {
    if (error instanceof DownloadError && error.hasWrongBytes) return undefined;
    throw error;
  }
}
