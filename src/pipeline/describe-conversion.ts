import { formatBytes } from "../system/format-bytes.ts";
import type { ConvertResult } from "./conversion.ts";

const CACHE_OUTCOMES = {
  hit: () => "converted before",
  near: (share: number) => `${Math.floor(share * 100)} % reused from an earlier conversion`,
  miss: () => "nothing reused",
};

/** `hello.gvmi, 1.0 MiB, 98 % reused from an earlier conversion` */
export function describeConversion({ path, size, cache, reusedShare }: ConvertResult): string {
  return `${path}, ${formatBytes(size)}, ${CACHE_OUTCOMES[cache](reusedShare)}`;
}
