import { join } from "node:path";
import type { PublishFile, PublishOptions } from "../../../src/publish/publish-target.ts";
import {
  RegistryTarget,
  type RegistryTargetSettings,
} from "../../../src/publish/registry/registry-target.ts";
import { TransferError } from "../../../src/publish/transfer/transfer-error.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { TestRegistry } from "../../support/test-registry.ts";
import { testBytes, useDirectory, writeImage } from "../image-file.ts";

export const TOKEN = "s3cret-token";
export const CHUNK_BYTES = 1000;

/** As the real ones, but for people who do not want to wait. */
export const FAST: RegistryTargetSettings = {
  retryPolicy: { attempts: 6, firstDelayMs: 1, longestDelayMs: 5, longestRetryAfterMs: 5000 },
  uploadPolicy: { pollDelaysMs: [1, 1, 1, 1] },
};

/** A registry that each test gets anew, and what it publishes there. */
export function useRegistry() {
  const directory = useDirectory();
  let registry: TestRegistry;
  let proxy: FaultProxy | undefined;
  beforeEach(async () => {
    registry = await new TestRegistry().start();
  });
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
    await registry.close();
  });
  const environment = () => ({
    REGISTRY_URL: proxy?.url ?? registry.url,
    REGISTRY_USER: "alice",
    REGISTRY_TOKEN: TOKEN,
  });
  return {
    get registry() {
      return registry;
    },
    get proxy() {
      return proxy;
    },
    environment,
    /** From now on requests go through faults. */
    injectFaults: async (faultOf: (request: string, earlier: number) => Fault | undefined) => {
      proxy = await startFaultProxy(registry.url, faultOf);
    },
    /** An image of so many chunks of a thousand bytes, the last one shorter. */
    newImage: (chunks = 10, seed = 1): PublishFile =>
      writeImage(
        join(directory.path, `${seed}.gvmi`),
        testBytes(chunks * CHUNK_BYTES - 300, seed),
        "hello",
        CHUNK_BYTES,
      ),
    publish: (
      file: PublishFile,
      settings: RegistryTargetSettings = {},
      options: PublishOptions = {},
    ) => publishTo({ environment: environment(), ...settings }, file, options),
  };
}

/** What `publish` does with a target, with a policy for tests. */
export async function publishTo(
  settings: RegistryTargetSettings,
  file: PublishFile,
  options: PublishOptions,
) {
  const target = new RegistryTarget({ ...FAST, ...settings });
  try {
    const stored = await target.store(file, options);
    const check = await target.check(file, stored, options);
    const names = await target.announce(file, stored, options);
    return { ...stored, check, names };
  } finally {
    target.close();
  }
}

/** The error that a publication ends with, which has a hint and no token in it. */
export async function failureOf(publishing: Promise<unknown>): Promise<TransferError> {
  const error = await publishing.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(TransferError);
  expect(error.hint).toBeTruthy();
  for (const text of [error.message, error.hint, error.details, error.stack]) {
    expect(text ?? "").not.toContain(TOKEN);
  }
  return error;
}
