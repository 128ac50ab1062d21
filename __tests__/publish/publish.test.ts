import {
  appendFileSync,
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PublishError } from "../../src/errors.ts";
import { publish } from "../../src/publish/publish.ts";
import { sha3, testBytes, useDirectory, writeImage } from "./image-file.ts";

const place = useDirectory();
const target = () => join(place.path, "public");
const to = () => ({ kind: "directory", directory: target() }) as const;
const newImage = (size = 5000, seed = 1, name = "hello") =>
  writeImage(join(place.path, `${seed}.gvmi`), testBytes(size, seed), name);
const readIndex = () => JSON.parse(readFileSync(join(target(), "index.json"), "utf8"));

async function failure(promise: Promise<unknown>): Promise<PublishError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(PublishError);
  expect(error.hint).toBeTruthy();
  return error;
}

describe("publishing to a directory", () => {
  test("keeps the file by its hash, and gives what a demand needs", async () => {
    const image = newImage();
    const result = await publish(image, to());
    const url = pathToFileURL(join(target(), `${image.hash}.gvmi`)).href;
    expect(result).toEqual({
      hash: image.hash,
      url,
      package: `hash:sha3:${image.hash}:${url}`,
      size: 5000,
      isNew: true,
      names: [],
      pruned: [],
      check: { redirects: 0, resume: "works", warnings: [], limitation: expect.any(String) },
      // Providers cannot download it, so only what serves it to them has a use for it.
      snippets: [expect.objectContaining({ consumer: "golem-js" })],
    });
    expect(sha3(readFileSync(new URL(url)))).toBe(image.hash);
    expect(readdirSync(target()).sort()).toEqual(
      [`${image.hash}.gvmi`, `${image.hash}.json`, "index.json"].sort(),
    );
  });

  test("makes the URL from the base, and says that it was not looked at", async () => {
    const image = newImage();
    const result = await publish(image, to(), { baseUrl: "https://example.org/images" });
    expect(result.url).toBe(`https://example.org/images/${image.hash}.gvmi`);
    expect(result.check.limitation).toContain(`${result.url} was not looked at`);
  });

  test("lists the images in an index, in the order of publication", async () => {
    const first = { ...newImage(100, 1, "a"), volumes: ["/golem/input"] };
    await publish(first, to());
    await publish(newImage(200, 2, "b"), to());
    const { images, history: _, ...head } = readIndex();
    expect(head).toEqual({ format: "golem-image-index", version: 1 });
    expect(images).toHaveLength(2);
    expect(images[0]).toEqual({
      name: "a",
      hash: first.hash,
      sha256: first.sha256,
      size: 100,
      file: `${first.hash}.gvmi`,
      volumes: ["/golem/input"],
      url: expect.stringMatching(/^file:/),
      published: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    expect(images[1].name).toBe("b");
  });

  test("copies nothing when the same bytes are there", async () => {
    const image = newImage();
    await publish(image, to());
    const path = join(target(), `${image.hash}.gvmi`);
    const before = statSync(path, { bigint: true });
    const [listed] = readIndex().images;
    expect((await publish(image, to())).isNew).toBe(false);
    const after = statSync(path, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect(readIndex().images).toEqual([{ ...listed, lastPublished: expect.any(String) }]);
  });

  test.each([
    ["damaged", (path: string) => writeFileSync(path, testBytes(5000, 9))],
    ["cut off", (path: string) => writeFileSync(path, testBytes(4999))],
    [
      "a link elsewhere",
      (path: string) => {
        unlinkSync(path);
        symlinkSync("/etc/hostname", path);
      },
    ],
  ])("replaces a file that is %s", async (_, damage) => {
    const image = newImage();
    await publish(image, to());
    const path = join(target(), `${image.hash}.gvmi`);
    damage(path);
    expect((await publish(image, to())).isNew).toBe(true);
    expect(sha3(readFileSync(path))).toBe(image.hash);
  });

  test("forgets images whose files were removed, and records that are damaged", async () => {
    const [one, two, three] = [newImage(10, 1), newImage(20, 2), newImage(30, 3)];
    for (const image of [one, two]) await publish(image, to());
    unlinkSync(join(target(), `${one.hash}.gvmi`));
    writeFileSync(join(target(), `${two.hash}.json`), "{");
    await publish(three, to());
    expect(readIndex().images.map(({ hash }: { hash: string }) => hash)).toEqual([three.hash]);
    await publish(two, to());
    expect(readIndex().images).toHaveLength(2);
  });

  test("by many at once leaves every image in the index, and nothing else behind", async () => {
    const images = Array.from({ length: 12 }, (_, seed) => newImage(1000 + seed, seed));
    const twice = [...images, ...images];
    await Promise.all(twice.map((image) => publish(image, to())));
    const listed = readIndex().images.map(({ hash }: { hash: string }) => hash);
    expect(listed.sort()).toEqual(images.map(({ hash }) => hash).sort());
    expect(readdirSync(target())).toHaveLength(2 * images.length + 1);
  });

  test("tells how much is copied and checked", async () => {
    const steps = new Set<string>();
    await publish(newImage(), to(), {
      onProgress: ({ step, done, total }) => {
        expect(done).toBeLessThanOrEqual(total);
        if (done === total) steps.add(step);
      },
    });
    expect([...steps]).toEqual(["copying", "checking"]);
  });
});

describe("publishing that cannot be", () => {
  test("of a file that is missing", async () => {
    const image = newImage();
    unlinkSync(image.path);
    expect((await failure(publish(image, to()))).message).toContain("Cannot read the image");
    expect(readdirSync(target())).toEqual([]);
  });

  test.each([
    ["grows", (path: string) => appendFileSync(path, "x")],
    ["is written over", (path: string) => writeFileSync(path, testBytes(3_000_000, 7))],
    ["is cut off", (path: string) => writeFileSync(path, "x")],
  ])("of a file that %s meanwhile", async (_, change) => {
    const image = newImage(3_000_000);
    let isChanged = false;
    const publishing = publish(image, to(), {
      onProgress: () => {
        if (!isChanged) change(image.path);
        isChanged = true;
      },
    });
    expect((await failure(publishing)).message).toContain("changed while it was published");
    expect(readdirSync(target())).toEqual([]);
  });

  test("keeps the good image that is there", async () => {
    const image = newImage(3_000_000);
    await publish(image, to());
    const path = join(target(), `${image.hash}.gvmi`);
    writeFileSync(image.path, "another");
    expect((await publish(image, to())).isNew).toBe(false);
    expect(sha3(readFileSync(path))).toBe(image.hash);
  });

  test("to a directory that nobody may write", async () => {
    let directory = place.path;
    if (process.getuid?.() === 0) directory = "/sys/kernel";
    else chmodSync(directory, 0o555);
    const image = writeImage(join(process.env.TMPDIR ?? "/tmp", "read-only.gvmi"), testBytes(10));
    try {
      const error = await failure(
        publish(image, { kind: "directory", directory: join(directory, "x") }),
      );
      expect(error.message).toContain(`Cannot publish to ${directory}/x`);
      expect(error.hint).toContain("Allow this user to write there");
    } finally {
      unlinkSync(image.path);
      if (directory === place.path) chmodSync(directory, 0o755);
    }
  });

  test("below a file", async () => {
    writeFileSync(target(), "");
    const error = await failure(publish(newImage(), to()));
    expect(error.message).toContain("Cannot publish to");
  });

  test.each([
    ["of something else", '{"name": "my site"}', "is not an index of Golem images"],
    ["that is not JSON", "hello", "is not an index of Golem images"],
    ["of a later version", '{"format": "golem-image-index", "version": 2}', "has version 2"],
  ])("where there is an index %s, which is not overwritten", async (_, text, message) => {
    await publish(newImage(10, 1), to());
    writeFileSync(join(target(), "index.json"), text);
    const second = newImage(10, 2);
    expect((await failure(publish(second, to()))).message).toContain(message);
    expect(readFileSync(join(target(), "index.json"), "utf8")).toBe(text);
    expect(readdirSync(target())).not.toContain(`${second.hash}.gvmi`);
  });

  test("with a hash that could be a path", async () => {
    const image = { ...newImage(), hash: "../../x" };
    expect((await failure(publish(image, to()))).message).toContain("not a SHA3-224 hash");
  });

  test("ends with the reason of an abort, and leaves nothing half-written", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const publishing = publish(newImage(3_000_000), to(), {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(publishing).rejects.toBe(reason);
    expect(readdirSync(target())).toEqual([]);
  });
});
