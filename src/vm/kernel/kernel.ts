/** A Linux kernel that can run our VMs: its image and the modules to load, in that order. */
export interface Kernel {
  /** `6.1.0-56-amd64` */
  readonly release: string;
  /** Path of the bzImage. */
  readonly image: string;
  /** Absolute paths of the modules to load, dependencies first; possibly compressed. */
  readonly moduleFiles: readonly string[];
  readonly origin: "given" | "installed" | "downloaded";
}
