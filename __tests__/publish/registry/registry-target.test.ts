import { readFileSync } from "node:fs";
import { descriptorDigest } from "../../../src/gvmi/descriptor.ts";
import { RegistryTarget } from "../../../src/publish/registry/registry-target.ts";
import { failureOf, useRegistry } from "./support.ts";

const use = useRegistry();

test("an anonymous image goes up in chunks, and requestors find it by its hash", async () => {
  const image = use.newImage();
  const result = await use.publish(image);
  expect(result).toMatchObject({
    url: `${use.registry.url}/download/${descriptorDigest(image.descriptor)}`,
    isNew: true,
    names: [],
    check: { resume: "works", warnings: [] },
  });
  const { registry } = use;
  expect(registry.contents(descriptorDigest(image.descriptor))).toEqual(readFileSync(image.path));
  expect(registry.count("POST v1/image/push/chunk")).toBe(10);
  expect(registry.count("POST auth/pat/login")).toBe(0);
  expect(registry.count("POST v1/image/descr/attach")).toBe(0);
});

test("an image goes up once for all its tags, which it gets when it can be downloaded", async () => {
  const image = use.newImage();
  const tags = ["alice/hello:1.0", "alice/hello", "alice/hello:latest", "alice/other:x"];
  const { names } = await use.publish(image, { tags });
  const digest = descriptorDigest(image.descriptor);
  const expected = ["alice/hello:1.0", "alice/hello:latest", "alice/other:x"];
  expect(names).toEqual(expected.map((name) => ({ name, outcome: "new" })));
  const { registry } = use;
  expect([...registry.tags]).toEqual(expected.map((name) => [name, digest]));
  expect(registry.requests[0]).toBe("POST auth/pat/login");
  expect(registry.count("POST v1/image/push/chunk")).toBe(10);
  const attach = `POST v1/image/descr/attach/${digest}`;
  const attaches = registry.requests.flatMap((name, at) => (name === attach ? [at] : []));
  // First for each tag the question whether it would work, then the tags themselves.
  expect(attaches).toHaveLength(6);
  expect(attaches[2]).toBeLessThan(registry.requests.indexOf("POST v1/image/push/chunk"));
  expect(attaches[3]).toBeGreaterThan(registry.requests.indexOf(`GET download/${digest}`));
});

test("nothing is sent when the image and its tag are there", async () => {
  const image = use.newImage();
  await use.publish(image, { tags: ["alice/hello:1"] });
  use.registry.requests.length = 0;
  const again = await use.publish(image, { tags: ["alice/hello:1"] });
  expect(again).toMatchObject({
    isNew: false,
    names: [{ name: "alice/hello:1", outcome: "same" }],
  });
  const posts = use.registry.requests.filter((name) => name.startsWith("POST"));
  expect(posts).toEqual(["POST auth/pat/login"]);
});

test("only what is missing is sent", async () => {
  const image = use.newImage();
  await use.publish(image);
  const stored = use.registry.images.get(descriptorDigest(image.descriptor));
  for (const number of [0, 4, 9]) stored?.chunks.delete(number);
  use.registry.requests.length = 0;
  const dones: number[] = [];
  const onProgress = ({ step, done }: { step: string; done: number }) =>
    step === "uploading" && dones.push(done);
  expect((await use.publish(image, {}, { onProgress })).isNew).toBe(true);
  expect(use.registry.count("POST v1/image/push/chunk")).toBe(3);
  expect(use.registry.count("POST v1/image/push/descr")).toBe(0);
  expect(dones.at(-1)).toBe(image.size);
  // What was there counts as done.
  expect(Math.max(...dones.slice(0, 10))).toBe(image.size - 2700);
});

test("four chunks are under way at once, and no more", async () => {
  let total = 0;
  let underWay = 0;
  let most = 0;
  let letGo: () => void = () => {};
  let gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  use.registry.onRequest = async (name) => {
    if (name !== "POST v1/image/push/chunk") return;
    total += 1;
    underWay += 1;
    most = Math.max(most, underWay);
    // Nobody is answered before four have come, or the last ones.
    if (underWay === 4 || total === 30) {
      letGo();
      gate = new Promise((resolve) => {
        letGo = resolve;
      });
    } else {
      await gate;
    }
    underWay -= 1;
  };
  await use.publish(use.newImage(30));
  expect({ total, most }).toEqual({ total: 30, most: 4 });
});

test("an image without a whole chunk goes up, too", async () => {
  const image = use.newImage(1);
  expect((await use.publish(image)).isNew).toBe(true);
});

test("a registry may take a while to store it", async () => {
  use.registry.pollsUntilFull = 3;
  expect((await use.publish(use.newImage())).isNew).toBe(true);
  expect(use.registry.count("POST v1/image/push/chunk")).toBe(10);
});

describe("a tag of another image", () => {
  const tags = ["alice/hello:1"];
  const publishOther = () => use.publish(use.newImage(3, 2), { tags });

  test("fails the publication before anything is sent", async () => {
    await publishOther();
    use.registry.requests.length = 0;
    const error = await failureOf(use.publish(use.newImage(), { tags }));
    expect(error.failure).toBe("conflict");
    expect(error.message).toContain("alice/hello:1 leads to another image");
    expect(use.registry.count("POST v1/image/push")).toBe(0);
    expect(use.registry.count("POST v1/image/descr")).toBe(0);
  });

  test("moves when that is wanted", async () => {
    await publishOther();
    const image = use.newImage();
    const { names } = await use.publish(image, { tags, onConflict: "move" });
    const otherHash = use.newImage(3, 2).hash;
    expect(names).toEqual([{ name: "alice/hello:1", outcome: "moved", otherHash }]);
    expect(use.registry.tags.get("alice/hello:1")).toBe(descriptorDigest(image.descriptor));
  });

  test("stays when that is wanted, and the image is published without it", async () => {
    await publishOther();
    const before = use.registry.tags.get("alice/hello:1");
    const image = use.newImage();
    const result = await use.publish(image, { tags, onConflict: "keep" });
    expect(result).toMatchObject({ isNew: true, names: [{ outcome: "kept" }] });
    expect(use.registry.tags.get("alice/hello:1")).toBe(before);
    expect(use.registry.contents(descriptorDigest(image.descriptor))).toBeDefined();
  });

  test("is noticed, too, when another publisher takes it meanwhile", async () => {
    const image = use.newImage();
    const other = use.newImage(3, 2);
    await use.publish(other);
    use.registry.onRequest = (name) => {
      if (name.startsWith("GET download/")) {
        use.registry.tags.set("alice/hello:1", descriptorDigest(other.descriptor));
      }
    };
    const error = await failureOf(use.publish(image, { tags }));
    expect(error.failure).toBe("conflict");
    expect(use.registry.tags.get("alice/hello:1")).toBe(descriptorDigest(other.descriptor));
  });
});

describe("credentials", () => {
  const tags = ["alice/hello:1"];

  test("that are wrong fail before anything is sent", async () => {
    const environment = { ...use.environment(), REGISTRY_TOKEN: "wrong-token" };
    const error = await failureOf(use.publish(use.newImage(), { tags, environment }));
    expect(error.failure).toBe("unauthorized");
    expect(error.details).toBe("bad credentials: alice ***");
    expect(use.registry.requests).toEqual(["POST auth/pat/login"]);
  });

  test("for another user's repository fail before chunks are sent", async () => {
    const error = await failureOf(use.publish(use.newImage(), { tags: ["bob/hello:1"] }));
    expect(error.failure).toBe("forbidden");
    expect(use.registry.count("POST v1/image/push/chunk")).toBe(0);
  });

  test.each(["REGISTRY_USER", "REGISTRY_TOKEN"])("without %s are asked for", (name) => {
    const environment = { ...use.environment(), [name]: "" };
    expect(() => new RegistryTarget({ tags, environment })).toThrow(`${name} is not set`);
  });

  test("are never sent where others could read them", () => {
    const environment = { ...use.environment(), REGISTRY_URL: "http://registry.example.org" };
    const insecure = expect.objectContaining({ failure: "insecure" });
    expect(() => new RegistryTarget({ tags, environment })).toThrow(insecure);
    // Anonymously there is nothing to read.
    expect(() => new RegistryTarget({ environment })).not.toThrow();
  });
});

test("a base URL is refused, because the registry has its own", () => {
  expect(() => new RegistryTarget({ baseUrl: "https://example.org/" })).toThrow(
    /A registry decides itself/,
  );
});
