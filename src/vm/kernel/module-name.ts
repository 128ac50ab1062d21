import { basename } from "node:path";

/** The suffixes in which distributions ship kernel modules. */
const MODULE_SUFFIX = /\.ko(\.xz|\.zst|\.gz)?$/;

export function isModuleFile(path: string): boolean {
  return MODULE_SUFFIX.test(path);
}

/**
 * The kernel's own name of a module: files may be called `virtio-rng.ko`, dependencies say `virtio_rng`.
 *
 * @param pathOrName `kernel/fs/9p/9p.ko.xz` or `9p`
 */
export function moduleName(pathOrName: string): string {
  return basename(pathOrName).replace(MODULE_SUFFIX, "").replaceAll("-", "_");
}
