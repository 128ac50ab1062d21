import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import { formatCount } from "../format-count.ts";
import { findPrivilegedCommands } from "../privileged-commands.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

const SETUID_OR_SETGID = 0o6000;
const CAPABILITY = "security.capability";

/** Programs that distributions install so: every image has some of them. */
const OF_DISTRIBUTION = new Set([
  ...["su", "sudo", "mount", "umount", "passwd", "gpasswd", "chsh", "chfn", "newgrp", "chage"],
  ...["expiry", "wall", "write", "write.ul", "bsd-write", "ssh-agent", "ssh-keysign", "bbsuid"],
  ...["unix_chkpwd", "pam_extrausers_chkpwd", "pam_timestamp_check", "dbus-daemon-launch-helper"],
  ...["ping", "ping4", "ping6", "arping", "clockdiff", "traceroute6.iputils", "mtr-packet"],
  ...["fusermount", "fusermount3", "pkexec", "polkit-agent-helper-1", "crontab", "at", "locate"],
  ...["newuidmap", "newgidmap", "utempter", "exim4", "postdrop", "postqueue", "dotlockfile"],
  ...["gst-ptp-helper", "userhelper", "usernetctl", "mlocate", "plocate", "screen", "doas"],
  ...["chrome-sandbox", "chrome_sandbox", "mail-lock", "mail-unlock", "mail-touchlock"],
]);

/** Nodes and links that every image may have in /dev: the VM has its own. */
const USUAL_NODES =
  /^dev\/(console|core|fd|full|fuse|kmsg|loop\d*|mqueue|null|ppp|ptmx|ram\d*|random|shm|std(in|out|err)|tty\d*|urandom|zero|pts(\/.*)?|net\/tun)$/;

export const meaninglessPrivileges: Rule = {
  id: "GVM021",
  name: "meaningless-privileges",
  severity: "info",
  depths: ["dockerfile", "files"],
  summary: "Setuid bits, file capabilities or device nodes of the image mean nothing in a VM.",
  why: "Every command runs as root with all capabilities, so there is nothing to gain by a setuid bit or a file capability. The VM makes its own /dev, and mounts the image so that device nodes elsewhere cannot be opened.",
  cure: "Leave them out. Make device nodes in /dev in the init script, where a program needs others than the VM has.",
  page: {
    bad: `FROM debian:12
RUN mknod /dev/fuse c 10 229 && setcap cap_net_admin+ep /usr/local/bin/tool`,
    good: `# The requestor's init script, for a program that needs the node
- ["/bin/mknod", "/dev/fuse", "c", "10", "229"]`,
    affected: "All providers.",
  },
  proof: [
    "a setuid bit adds nothing to what every command may do",
    "device nodes are hidden in /dev and dead elsewhere, until the init script makes them",
  ],
  *check(context) {
    if (!context.entries) {
      yield* fromCommands(context);
      return;
    }
    const privileged: EntryMetadata[] = [];
    const hidden: EntryMetadata[] = [];
    const dead: EntryMetadata[] = [];
    for (const entry of context.entries) {
      if (isPrivileged(entry)) privileged.push(entry);
      if (!entry.type.endsWith("-device")) continue;
      if (!entry.path.startsWith("dev/")) dead.push(entry);
      else if (!USUAL_NODES.test(entry.path)) hidden.push(entry);
    }
    const place = basePlace(context);
    if (privileged.length > 0) {
      const what = formatCount(privileged.length, "program");
      yield {
        place,
        message: `${what} with setuid, setgid or file capabilities (${list(privileged)}): these have no effect in a VM, where every command runs as root with all capabilities.`,
      };
    }
    if (hidden.length > 0) {
      yield {
        place,
        message: `${formatCount(hidden.length, "device node")} of the image in /dev (${list(hidden)}) cannot be seen: the VM makes its own /dev.`,
        cure: "Make the node with mknod in the init script, if the VM's kernel has the device.",
      };
    }
    if (dead.length > 0) {
      yield {
        place,
        severity: "warning",
        message: `${formatCount(dead.length, "device node")} outside of /dev (${list(dead)}) cannot be opened: the VM mounts the image without devices.`,
        cure: "Make the node in /dev with mknod in the init script.",
      };
    }
  },
};

/** Without the image, what the build does to its files. */
function* fromCommands({ declared }: LintContext): Generator<RuleFinding> {
  for (const { value: script, place } of declared?.runs ?? []) {
    for (const { kind, command, file } of findPrivilegedCommands(script)) {
      if (OF_DISTRIBUTION.has(file.slice(file.lastIndexOf("/") + 1))) continue;
      const shown = displayText(command);
      if (kind !== "device") {
        const message = `What "${shown}" gives to a program has no effect in a VM, where every command runs as root with all capabilities.`;
        yield { place, message };
      } else if (file.startsWith("/dev/")) {
        const message = `The node of "${shown}" cannot be seen: the VM makes its own /dev.`;
        const cure = "Make the node in the init script, if the VM's kernel has the device.";
        yield { place, message, cure };
      }
    }
  }
}

function isPrivileged({ type, mode, path, extendedAttributes }: EntryMetadata): boolean {
  if (type !== "file" || (mode & 0o111) === 0) return false;
  if (OF_DISTRIBUTION.has(path.slice(path.lastIndexOf("/") + 1))) return false;
  return (mode & SETUID_OR_SETGID) !== 0 || extendedAttributes.has(CAPABILITY);
}

const SHOWN = 3;

function list(entries: readonly EntryMetadata[]): string {
  const shown = entries.slice(0, SHOWN).map(({ path }) => displayText(`/${displayName(path)}`));
  return entries.length > SHOWN ? `${shown.join(", ")}, ...` : shown.join(", ");
}
