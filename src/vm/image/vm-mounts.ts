/** Directories that the VM mounts its own over: what the image has there cannot be seen. */
export const VM_MOUNTS: readonly string[] = ["/tmp", "/dev", "/proc", "/sys"];
