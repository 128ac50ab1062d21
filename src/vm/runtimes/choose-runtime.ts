import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { asClause, DeadlineError, MissingToolError } from "../../errors.ts";
import { withDeadline } from "../../system/deadline.ts";
import { explainSystemError } from "../../system/explain-error.ts";
import type { Profile } from "../profiles.ts";
import type { Runtime } from "../runtime.ts";
import { prepareSystemRuntime, type SystemRuntimeOptions } from "../system-runtime.ts";
import type { Bundle } from "./bundle.ts";
import { bundleSource } from "./bundle-source.ts";
import type { BundleStore } from "./bundle-store.ts";
import { findBundle, type GetBundleOptions, getBundle } from "./get-bundle.ts";
import { LocalBundleStore } from "./local-bundle-store.ts";
import { prepareOfficialRuntime } from "./official-runtime.ts";
import { profileOfVersion } from "./release.ts";
import type { RuntimeRequest } from "./request.ts";

export interface RuntimeOptions extends SystemRuntimeOptions {
  /** `auto` by default. */
  runtime?: RuntimeRequest;
  /** Where bundles are kept; the user's cache by default. */
  bundleStore?: BundleStore;
  /** Whether the VM's network is one that `vmrt` was built without. */
  needsDistributionQemu?: boolean;
  /** How long `auto` waits for a download, in milliseconds; what has arrived serves the next run. */
  quickDownloadMs?: number;
}

const QUICK_DOWNLOAD_MS = 20_000;

/**
 * Chooses what boots the image, and makes it ready.
 *
 * `auto` takes the official runtime when it runs as on a provider (under KVM) and is here or comes quickly,
 * and nothing was asked for that only `system` has; else `system`.
 *
 * @throws {UsageError} when what is asked for contradicts itself
 * @throws {MissingToolError} when the runtime that is asked for is not to be had
 * @throws the abort reason
 */
export async function chooseRuntime(options: RuntimeOptions): Promise<Runtime> {
  const request = options.runtime ?? { name: "auto" };
  switch (request.name) {
    case "system":
      return prepareSystemRuntime(options);
    case "ya-runtime-vm": {
      const bundle = await getBundle(request, bundleOptions(options));
      return prepareOfficialRuntime(bundle, options, "as asked for");
    }
    case "auto":
      return chooseAutomatically(request, options);
  }
}

async function chooseAutomatically(
  request: RuntimeRequest,
  options: RuntimeOptions,
): Promise<Runtime> {
  const obstacle = whatOnlySystemHas(request, options);
  if (obstacle !== undefined) return prepareSystemRuntime(options, obstacle);
  const system = await prepareSystemRuntime({ ...options, accelerator: "auto" }).catch((error) => {
    // Without QEMU or a kernel, vmrt may be all that there is.
    if (error instanceof MissingToolError) return error;
    throw error;
  });
  if (system instanceof MissingToolError) {
    if (!(await mayUseKvm())) throw system;
  } else if (system.acceleratorChoice.accelerator !== "kvm") {
    if (options.accelerator === "kvm") return prepareSystemRuntime(options);
    const { reason } = system.acceleratorChoice;
    return { ...system, reason: `the official runtime needs KVM: ${reason}` };
  }
  const outcome = await getQuickly(request, options);
  if ("reason" in outcome) {
    if (system instanceof MissingToolError) throw system;
    return { ...system, reason: outcome.reason };
  }
  if (system instanceof MissingToolError) {
    return prepareOfficialRuntime(
      outcome.bundle,
      { ...options, accelerator: "kvm" },
      `it is here, and this machine has no other: ${asClause(system)}`,
    ).catch((error) => {
      throw error instanceof MissingToolError ? system : error;
    });
  }
  const { acceleratorChoice } = system;
  return prepareOfficialRuntime(
    outcome.bundle,
    { ...options, chooseAccelerator: async () => acceleratorChoice },
    "KVM works, as on a provider",
  );
}

const mayUseKvm = () =>
  access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );

/** @returns why it has to be `system`, as the end of a sentence */
function whatOnlySystemHas(
  request: RuntimeRequest,
  { profile, kernel, accelerator }: RuntimeOptions,
): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `the official runtime is for x86-64 Linux, not ${process.arch} ${process.platform}`;
  }
  if (accelerator === "tcg") return "the official runtime has no TCG, which was asked for";
  if (kernel !== undefined) return "the official runtime has its own kernel, and one is given";
  const { version } = bundleSource(request);
  const own = profileOfVersion(version);
  return profile === undefined || own === undefined || profile === own
    ? undefined
    : otherProfile(profile, version, own);
}

function otherProfile(wanted: Profile, version: string | undefined, own: Profile): string {
  return `the profile ${wanted} was asked for, and ya-runtime-vm ${version} has ${own}`;
}

/** The bundle, or why it is not to be had right now. */
async function getQuickly(
  request: RuntimeRequest,
  options: RuntimeOptions,
): Promise<{ bundle: Bundle } | { reason: string }> {
  const seconds = (options.quickDownloadMs ?? QUICK_DOWNLOAD_MS) / 1000;
  const getting = bundleOptions(options);
  try {
    const found = await findBundle(request, getting);
    if (found) return { bundle: found };
    const bundle = await withDeadline(
      seconds * 1000,
      options.signal,
      () => new DeadlineError(`it could not be fetched within ${seconds} s`),
      (signal) => getBundle(request, { ...getting, signal, limits: { attempts: 1 } }),
    );
    return { bundle };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof MissingToolError) return { reason: asClause(error) };
    if (error instanceof DeadlineError) {
      return { reason: `the official runtime is not here, and ${error.message}` };
    }
    // As where the cache cannot be written.
    const refused = explainSystemError(error);
    if (refused instanceof MissingToolError) return { reason: asClause(refused) };
    throw error;
  }
}

function bundleOptions(options: RuntimeOptions): GetBundleOptions {
  return {
    store: options.bundleStore ?? new LocalBundleStore(),
    signal: options.signal,
    onProgress: options.onProgress,
  };
}
