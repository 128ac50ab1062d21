import { isLoopback } from "../system/http/loopback.ts";
import { TransferError } from "./transfer/transfer-error.ts";

/** Where nobody else can listen. */

/**
 * @param where the setting that the address comes from, for the hint
 * @throws {TransferError} `insecure`, when credentials would be readable on their way
 */
export function assertSafeForSecrets(url: URL, where: string): void {
  if (url.protocol === "https:" || isLoopback(url)) return;
  throw new TransferError(
    "insecure",
    `${url.origin} is not encrypted: everyone on the way could read the credentials.`,
    { hint: `Use an https URL in ${where}.` },
  );
}
