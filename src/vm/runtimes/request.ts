export const RUNTIME_NAMES = ["system", "ya-runtime-vm"] as const;
export const RUNTIME_CHOICES = ["auto", ...RUNTIME_NAMES] as const;

/**
 * `system`: the distribution's QEMU and kernel with our guest agent. `ya-runtime-vm`: the official release
 * bundle that providers run.
 */
export type RuntimeName = (typeof RUNTIME_NAMES)[number];
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number];

/** Which runtime is to boot an image, and where the official bundle comes from. */
export interface RuntimeRequest {
  readonly name: RuntimeChoice;
  /** The official release's tag, such as `v0.5.2`. */
  readonly version?: string;
  /** What the tarball's SHA-256 must be, in hexadecimal. */
  readonly sha256?: string;
  /** The whole URL of a tarball: http, https or file. */
  readonly url?: string;
  /** What the release's URL starts with, in place of GitHub's download address. */
  readonly mirror?: string;
  /** An unpacked bundle or a tarball on this machine. */
  readonly path?: string;
}

/** Who names a bundle by its place wants that bundle, unless another runtime is named as well. */
export function completeRequest(
  request: Omit<RuntimeRequest, "name"> & { readonly name?: RuntimeChoice | undefined },
): RuntimeRequest {
  const isPlaced = request.path !== undefined || request.url !== undefined;
  return { ...request, name: request.name ?? (isPlaced ? "ya-runtime-vm" : "auto") };
}
