/** What the console tells about a guest that ended by itself. */
export interface BootFailure {
  readonly reason: string;
  readonly hint: string;
}

/** The guest agent's last word before it gives up, which panics the kernel. */
const AGENT_FATAL = /golem-agent: fatal: (.+)/;
const KERNEL_PANIC = /Kernel panic - not syncing: (.+)/;
const OUT_OF_MEMORY = /Out of memory|System is deadlocked on memory|out of memory/;

/**
 * Finds the reason for a guest's end in its console output.
 *
 * The causes are those that the provider's own guest init panics for: no /proc, /sys or /etc in the image, or
 * an /etc/resolv.conf or /etc/hosts that is a symbolic link.
 */
export function explainGuestEnd(consoleText: string): BootFailure | undefined {
  const fatal = AGENT_FATAL.exec(consoleText)?.[1]?.trim();
  if (fatal !== undefined) {
    return { reason: fatal, hint: hintFor(fatal) };
  }
  if (OUT_OF_MEMORY.test(consoleText)) {
    return {
      reason: "the guest ran out of memory",
      hint: "Give the VM more with --memory (or vm.memory), or let the commands use less.",
    };
  }
  const panic = KERNEL_PANIC.exec(consoleText)?.[1]?.trim();
  if (panic !== undefined) {
    return {
      reason: `the guest's kernel panicked: ${panic}`,
      hint: "The console's last lines above say what came before it.",
    };
  }
  return undefined;
}

function hintFor(fatal: string): string {
  if (/resolv\.conf|\/etc\/hosts/.test(fatal)) {
    return "The VM writes this file at boot and cannot when it is a symbolic link: replace it in the Dockerfile by a plain file (`RUN rm /etc/resolv.conf && touch /etc/resolv.conf`).";
  }
  if (/\/(proc|sys|etc)\b/.test(fatal)) {
    return "The image lacks a directory that the VM needs: convert it again with golem-image, which adds it, or create it in the Dockerfile.";
  }
  if (/squashfs/i.test(fatal)) {
    return "The image's file system is damaged or compressed in a way that the kernel cannot read; convert it again with gzip.";
  }
  return "The console's last lines above say what came before it.";
}
