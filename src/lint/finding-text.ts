import type { Finding } from "./finding.ts";

/** Message and cure together, for formats that have one place for both. */
export function describeFinding({ message, cure }: Pick<Finding, "message" | "cure">): string {
  return cure === undefined ? message : `${message} ${cure}`;
}
