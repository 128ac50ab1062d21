import { UsageError } from "../../errors.ts";
import type { InstanceSettings, TestSettings } from "../../settings/test-settings.ts";
import { type VirtualNetwork, withVirtualNetwork } from "../../vm/network/virtual-network.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import { type Instance, runSteps } from "./run-steps.ts";

/** More would need more memory than most machines have, and an hour under emulation. */
const MAX_INSTANCES = 16;

/**
 * Boots the instances of a test on a VPN of their own, all at a time, and runs its steps.
 *
 * @throws {UsageError} when there are too many, or an address is none of the VPN's
 * @throws {VmError} when a VM does not boot, or ends
 */
export async function runWithInstances(
  test: TestSettings,
  context: TestContext,
): Promise<TestOutcome> {
  const wanted = Object.entries(test.instances ?? {});
  if (wanted.length > MAX_INSTANCES) {
    throw new UsageError(
      `The test "${test.name}" has ${wanted.length} instances; at most ${MAX_INSTANCES} are booted.`,
    );
  }
  return withVirtualNetwork({}, (network) =>
    bootAll(wanted, { test, network, context }, (instances) => runSteps(test, instances, context)),
  );
}

interface Boot {
  readonly test: TestSettings;
  readonly network: VirtualNetwork;
  readonly context: TestContext;
}

/** Boots all at a time; the first one that fails ends the others. */
async function bootAll<T>(
  wanted: readonly (readonly [string, InstanceSettings])[],
  { test, network, context }: Boot,
  body: (instances: readonly Instance[]) => Promise<T>,
): Promise<T> {
  // Those with an address of their own first, so that nobody else gets it.
  const members = new Map(
    [...wanted]
      .sort(([, a], [, b]) => Number(b.ip !== undefined) - Number(a.ip !== undefined))
      .map(([name, { ip }]) => [name, network.join(ip === undefined ? {} : { address: ip })]),
  );
  const booted = new Map<string, Instance>();
  let result: { readonly value: T } | undefined;
  const done = withResolvers();
  const allBooted = withResolvers();
  const boots = wanted.map(([name, { image, memory, cpus }]) => {
    const attachment = members.get(name);
    return context.boot(
      { image, memory: memory ?? test.memory, cpus: cpus ?? test.cpus, attachment },
      async (machine) => {
        booted.set(name, { name, machine, address: attachment?.address });
        if (booted.size === wanted.length) allBooted.resolve();
        await done.promise;
      },
    );
  });
  const failed = Promise.all(boots);
  failed.catch(() => {});
  try {
    await Promise.race([allBooted.promise, failed]);
    const instances = wanted.flatMap(([name]) => booted.get(name) ?? []);
    result = { value: await Promise.race([body(instances), failed.then(neverFirst)]) };
  } finally {
    done.resolve();
    await Promise.allSettled(boots);
  }
  return result.value;
}

function neverFirst(): never {
  throw new Error("The VMs of a test ended before its steps did.");
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
