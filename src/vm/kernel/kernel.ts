/** A Linux kernel that can run our VMs: its image and the modules to load, in that order. */
export interface Kernel {
  /** `6.1.0-56-amd64` */
  readonly release: string;
  /** Path of the bzImage. */
  readonly image: string;
  /** Path of the kernel inside it, an ELF file, where QEMU had better start that. */
  readonly uncompressed?: string;
  /** Absolute paths of the modules to load, dependencies first; possibly compressed. */
  readonly moduleFiles: readonly string[];
  readonly origin: "given" | "installed" | "downloaded";
}
