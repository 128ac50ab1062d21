import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PublishError } from "../../../src/errors.ts";
import { descriptorDigest } from "../../../src/gvmi/descriptor.ts";
import { type Fault, startFaultProxy } from "../../support/fault-proxy.ts";
import { Random } from "../../support/random.ts";
import { TestRegistry } from "../../support/test-registry.ts";
import { testBytes, useDirectory, writeImage } from "../image-file.ts";
import { publishTo, TOKEN } from "./support.ts";

const RUNS = 300;
const AT_ONCE = 6;
const CHUNK = "POST v1/image/push/chunk";
const CHUNK_BYTES = 1000;

const directory = useDirectory();

const PAGE = { "content-type": "text/html" };

/** Something that can happen to any request; stalls are rare because they take as long as they last. */
function randomFault(random: Random): Fault {
  const afterBytes = random.below(1500);
  if (random.chance(0.01)) return { kind: "stall", afterBytes };
  return random.pick<Fault>([
    { kind: "reset", afterBytes },
    { kind: "reset", afterBytes },
    { kind: "lose-answer" },
    { kind: "corrupt" },
    { kind: "answer", status: random.pick([500, 502, 503, 504]) },
    { kind: "answer", status: 429, headers: { "retry-after": "0" } },
    { kind: "answer", status: 503, isEarly: true },
    ...(random.chance(0.05)
      ? [
          { kind: "answer", status: 200, headers: PAGE, body: "<html>" } as const,
          { kind: "answer", status: 200, body: '{"descriptor": "ok", "status": "full"}' } as const,
          { kind: "answer", status: 413 } as const,
        ]
      : []),
  ]);
}

interface Outcome {
  readonly isPublished: boolean;
  /** Chunks that were sent beyond those of the image and those that were lost. */
  readonly wasted: number;
}

/** Publishes one image through faults. Throws when what comes of it is neither success nor an honest failure. */
async function runOnce(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const chunks = 1 + random.below(30);
  const bytes = testBytes(chunks * CHUNK_BYTES - random.below(CHUNK_BYTES), seed);
  const path = join(directory.path, `${seed}.gvmi`);
  const image = writeImage(path, bytes, "hello", CHUNK_BYTES);
  const digest = descriptorDigest(image.descriptor);
  const probability = random.pick([0.02, 0.1, 0.3]);
  const registry = await new TestRegistry().start();
  registry.pollsUntilFull = random.below(3);
  let lost = 0;
  let isServed = false;
  registry.onRequest = (name) => {
    // What a registry loses after it was looked at is beyond any client.
    isServed ||= name.includes("download/");
    const stored = registry.images.get(digest);
    if (!stored || isServed || !random.chance(probability / 10)) return;
    const before = stored.chunks.size;
    for (const number of [...stored.chunks.keys()]) {
      if (random.chance(0.2)) stored.chunks.delete(number);
    }
    lost += before - stored.chunks.size;
  };
  const proxy = await startFaultProxy(registry.url, (request) => {
    if (!random.chance(probability)) return undefined;
    if (request === CHUNK) lost += 1;
    return randomFault(random);
  });
  try {
    const tag = "alice/hello:1";
    const isTagged = random.chance(0.5);
    const environment = {
      REGISTRY_URL: proxy.url,
      REGISTRY_USER: "alice",
      REGISTRY_TOKEN: TOKEN,
    };
    const settings = { environment, stallMs: 2000, ...(isTagged && { tags: [tag] }) };
    const isPublished = await publishTo(settings, image, {}).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof PublishError)) throw error;
        return false;
      },
    );
    const contents = registry.contents(digest);
    const isThere = contents?.equals(readFileSync(path)) === true;
    if (isPublished && !isThere) throw new Error("a false success");
    if (isPublished && isTagged && registry.tags.get(tag) !== digest) throw new Error("no tag");
    const sent = proxy.requests.filter((name) => name === CHUNK).length;
    return { isPublished, wasted: sent - chunks - lost };
  } finally {
    await proxy.close();
    await registry.close();
  }
}

test(`${RUNS} runs through random faults end in the right bytes or an honest failure`, async () => {
  const firstSeed = Number(process.env.FAULT_SEED ?? Date.now() % 1e9);
  const seeds = Array.from({ length: RUNS }, (_, run) => firstSeed + run);
  let published = 0;
  const work = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const { isPublished, wasted } = await runOnce(seed).catch((error) => {
        throw new Error(`FAULT_SEED=${seed}: ${error.message}`, { cause: error });
      });
      if (wasted > 1) throw new Error(`FAULT_SEED=${seed}: ${wasted} chunks were sent in vain`);
      if (isPublished) published += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Else the faults would be so many that nothing is tested of success.
  expect(published).toBeGreaterThan(RUNS / 2);
});
