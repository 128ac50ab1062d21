import { TransferError } from "./transfer/transfer-error.ts";

/** Where nobody else can listen. */
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * @param where the setting that the address comes from, for the hint
 * @throws {TransferError} `insecure`, when credentials would be readable on their way
 */
export function assertSafeForSecrets(url: URL, where: string): void {
  if (url.protocol === "https:" || LOOPBACK.has(url.hostname)) return;
  throw new TransferError(
    "insecure",
    `${url.origin} is not encrypted: everyone on the way could read the credentials.`,
    { hint: `Use an https URL in ${where}.` },
  );
}
