/** Why a guest ended by itself, and what to do. */
export interface BootFailure {
  /** As the end of a sentence. */
  readonly reason: string;
  readonly hint: string;
}

/** What is known of a guest that ended. */
export interface GuestEnd {
  /** What is missing in the image, when that was looked at. */
  readonly imageProblem?: BootFailure | undefined;
  /** Whether its agent had answered; before that no command can have switched it off. */
  readonly hasAnswered?: boolean;
}

/** The guest agent's last word before it gives up, which panics the kernel. */
const AGENT_FATAL = /golem-agent: fatal: (.+)/;
const KERNEL_PANIC = /Kernel panic - not syncing: (.+)/;
const OUT_OF_MEMORY = /System is deadlocked on memory|out of memory|Initramfs unpacking failed/i;
const UNSUPPORTED_COMPRESSION = /Filesystem uses "(\w+)" compression\. This is not supported/;
const SQUASHFS_ERROR = /SQUASHFS error: (.+)/;
/** The kernel runs, but what it should start did not arrive whole. */
const NO_INIT = /VFS: Unable to mount root fs|No working init found|Requested init .* failed/;
/** The official init's last word, after which it powers off. */
const INIT_ERROR = /^Error at .*?: (.+)$/m;
const SWITCHED_OFF = /reboot: (Power down|Restarting system|System halted)/;

const READ_THE_CONSOLE = "The console's last lines above say what came before it.";
const CONVERT_AGAIN = "Convert the image again with golem-image, which writes gzip by default.";

/**
 * Finds the reason for a guest's end: from the console, and where the console of a runtime's own init does not
 * say it, from what is known to be wrong with the image.
 *
 * The causes are those that the provider's own guest init panics for: no /proc, /sys or /etc in the image, or
 * an /etc/resolv.conf or /etc/hosts that is a symbolic link.
 *
 */
export function explainGuestEnd(
  consoleText: string,
  { imageProblem, hasAnswered = true }: GuestEnd = {},
): BootFailure | undefined {
  const fatal = AGENT_FATAL.exec(consoleText)?.[1]?.trim();
  const compression = UNSUPPORTED_COMPRESSION.exec(consoleText)?.[1];
  if (compression !== undefined) {
    return {
      reason: `the guest's kernel cannot read a squashfs that is compressed with ${compression}`,
      hint: CONVERT_AGAIN,
    };
  }
  const squashfsError = SQUASHFS_ERROR.exec(consoleText)?.[1]?.trim();
  if (squashfsError !== undefined) {
    return {
      reason: `the image's file system is damaged (${squashfsError})`,
      hint: "Convert the image again, or get the file again if it was downloaded.",
    };
  }
  if (fatal !== undefined) return { reason: fatal, hint: hintFor(fatal) };
  if (OUT_OF_MEMORY.test(consoleText)) {
    return {
      reason: "the guest ran out of memory",
      hint: "Give the VM more with --memory (or vm.memory), or let the commands use less.",
    };
  }
  const panic = KERNEL_PANIC.exec(consoleText)?.[1]?.trim();
  if (panic === undefined && !hasAnswered) {
    const said = INIT_ERROR.exec(consoleText)?.[1]?.trim();
    if (said === undefined) return undefined;
    return (
      imageProblem ?? { reason: `the runtime's init gave up: ${said}`, hint: READ_THE_CONSOLE }
    );
  }
  if (panic === undefined && SWITCHED_OFF.test(consoleText)) {
    return {
      reason: "a command switched it off",
      hint: "On a provider that ends the activity, too: leave out what powers off, reboots or halts.",
    };
  }
  if (panic === undefined) return undefined;
  if (NO_INIT.test(consoleText)) {
    return {
      reason: `the guest's kernel found nothing to start: ${panic}`,
      hint: "Its initramfs did not fit into the VM's memory, or does not belong to it: allow more with --memory, or check vm.kernel.",
    };
  }
  return (
    imageProblem ?? { reason: `the guest's kernel panicked: ${panic}`, hint: READ_THE_CONSOLE }
  );
}

function hintFor(fatal: string): string {
  if (/guest_agent_private/.test(fatal)) return VAR_TMP_HINT;
  if (/has no (such )?directory/.test(fatal)) return DIRECTORY_HINT;
  if (/resolv\.conf|\/etc\/hosts/.test(fatal)) return PLAIN_FILE_HINT;
  if (/squashfs/i.test(fatal)) {
    return "The image's file system is damaged or compressed in a way that the kernel cannot read; convert it again with gzip.";
  }
  return READ_THE_CONSOLE;
}

export const PLAIN_FILE_HINT =
  "The VM writes this file at boot and cannot when it is a symbolic link: replace it in the Dockerfile by a plain file (`RUN rm /etc/resolv.conf && touch /etc/resolv.conf`).";
export const VAR_TMP_HINT =
  "Runtimes since 0.4 follow no symbolic link on the way to /var/tmp/guest_agent_private: make /var and /var/tmp plain directories in the Dockerfile.";
export const DIRECTORY_HINT =
  "The image lacks a directory that the VM needs: convert it again with golem-image, which adds it, or create it in the Dockerfile.";
