import { join } from "node:path";
import { MissingToolError } from "../../errors.ts";
import type { AgentClient } from "../agent/client.ts";
import { withMachineDirectory } from "../machine-directory.ts";
import type { NetworkAttachment } from "./attachment.ts";
import { configureInterface } from "./configure-interface.ts";
import { FrameListener } from "./frame-listener.ts";
import { type Ipv4Address, parseIpv4 } from "./ipv4.ts";
import { INTERNET_ID, networkDevices, optionValue } from "./network-devices.ts";
import { OutboundPolicy } from "./outbound-policy.ts";
import { HOST_LOOPBACK, type OutboundTarget } from "./outbound-url.ts";
import { qemuCapabilities } from "./qemu-capabilities.ts";
import { type Resolve, resolveTargets } from "./resolve-targets.ts";

export interface OutboundOptions {
  /** What the VM may reach; everything when absent. */
  targets?: readonly OutboundTarget[];
  /** In place of this machine's resolver. */
  resolve?: Resolve;
  signal?: AbortSignal;
}

/** What QEMU's user-mode networking gives its one guest. */
const GUEST = { address: "10.0.2.15", mask: "255.255.255.0", gateway: HOST_LOOPBACK };

/** IPv4 only, as on a provider. */
const USER_NETDEV = ["-netdev", `user,id=${INTERNET_ID},ipv6=off`];

const FILTER = "filter-redirector";

/**
 * Runs `body` with an attachment for one VM, by which it reaches the internet through QEMU's user-mode networking.
 *
 * With a list of targets every frame that the guest sends makes a detour through this process: QEMU hands
 * it out before its network sees it (`filter-redirector`), and only what the list allows comes back in.
 *
 * @throws {MissingToolError} when a host of the list has no address
 */
export async function withOutboundAccess<T>(
  { targets, resolve, signal }: OutboundOptions,
  body: (attachment: NetworkAttachment) => Promise<T>,
): Promise<T> {
  if (targets === undefined) {
    const unfiltered = async (qemu: string) => {
      await assertHas(qemu, "user");
      return [];
    };
    return body(attachmentOf(unfiltered));
  }
  const resolved = await resolveTargets(targets, {
    ...(resolve && { resolve }),
    ...(signal && { signal }),
  });
  const policy = new OutboundPolicy(resolved);
  return withMachineDirectory(async (directory) => {
    const listeners: FrameListener[] = [];
    try {
      return await body(
        attachmentOf(async (qemu) => {
          await assertHas(qemu, "user", FILTER);
          return filterArguments(await openFilter(policy, directory, listeners));
        }),
      );
    } finally {
      for (const listener of listeners) listener.close();
    }
  });
}

function attachmentOf(filter: (qemu: string) => Promise<readonly string[]>): NetworkAttachment {
  return {
    needsUserNetworking: true,
    qemuArguments: async (qemu) => {
      const backend = [...USER_NETDEV, ...(await filter(qemu))];
      return networkDevices({
        internet: { backend, address: parseIpv4(GUEST.address) as Ipv4Address },
      });
    },
    configure: (agent: AgentClient, signal: AbortSignal) =>
      configureInterface(agent, { interface: "internet", ...GUEST }, signal),
  };
}

interface FilterPaths {
  /** Frames of the guest, from QEMU. */
  readonly sent: string;
  /** Those that may go on, back to QEMU. */
  readonly passed: string;
  /** Our own frames to the guest. */
  readonly replies: string;
}

async function openFilter(
  policy: OutboundPolicy,
  directory: string,
  listeners: FrameListener[],
): Promise<FilterPaths> {
  const paths = {
    sent: join(directory, "sent"),
    passed: join(directory, "passed"),
    replies: join(directory, "replies"),
  };
  const passed = await FrameListener.listen({ path: paths.passed });
  listeners.push(passed);
  const replies = await FrameListener.listen({ path: paths.replies });
  listeners.push(replies);
  const onFrame = (frame: Buffer) => {
    const verdict = policy.judge(frame);
    if (verdict.passes) passed.send(frame);
    else if (verdict.reply) replies.send(verdict.reply);
  };
  listeners.push(await FrameListener.listen({ path: paths.sent }, { onFrame }));
  return paths;
}

/**
 * A frame of the guest goes out at `sent`; what comes in at `passed` goes on to the network, and what comes in at
 * `replies` to the guest. Without anyone at the other end frames are dropped: nothing passes unjudged.
 *
 * @see https://www.qemu.org/docs/master/system/qemu-manpage.html (-object filter-redirector)
 */
function filterArguments(paths: FilterPaths): string[] {
  const chardev = (id: string, path: string) => [
    "-chardev",
    `socket,id=${id},path=${optionValue(path)}`,
  ];
  const filter = (id: string, rest: string) => [
    "-object",
    `${FILTER},id=${id},netdev=${INTERNET_ID},${rest}`,
  ];
  return [
    ...chardev("inet_sent", paths.sent),
    ...chardev("inet_passed", paths.passed),
    ...chardev("inet_replies", paths.replies),
    ...filter("inet_filter", "queue=rx,outdev=inet_sent,indev=inet_passed"),
    ...filter("inet_answerer", "queue=tx,indev=inet_replies"),
  ];
}

/** @throws {MissingToolError} */
async function assertHas(qemu: string, netdev: string, filter?: string): Promise<void> {
  const { netdevs, filters } = await qemuCapabilities(qemu);
  const missing = [
    ...(netdevs.has(netdev) ? [] : ["user-mode networking"]),
    ...(filter === undefined || filters.has(filter) ? [] : [FILTER]),
  ];
  if (missing.length === 0) return;
  throw new MissingToolError(
    `Cannot give the VM outbound access: ${qemu} was built without ${missing.join(" and ")}.`,
    { hint: "Install your distribution's QEMU (Debian and Ubuntu: qemu-system-x86)." },
  );
}
