/** What the squashfs of the providers' kernel (Alpine's 5.10 "virt") reads; no zstd. */
export const PROVIDER_COMPRESSIONS: readonly string[] = ["gzip", "lzo", "xz", "lz4"];
