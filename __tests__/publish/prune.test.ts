import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PublishError } from "../../src/errors.ts";
import type { TargetDescription } from "../../src/publish/parse-target.ts";
import { imagesToPrune, type KeepRule } from "../../src/publish/prune-rule.ts";
import { publish } from "../../src/publish/publish.ts";
import { testBytes, useDirectory, writeImage } from "./image-file.ts";

const place = useDirectory();
const target = () => join(place.path, "public");
const readIndex = () => JSON.parse(readFileSync(join(target(), "index.json"), "utf8"));

async function publishImages(keep: KeepRule, seeds: readonly number[], name = "hello") {
  const results = [];
  for (const seed of seeds) {
    const file = writeImage(join(place.path, `${seed}.gvmi`), testBytes(1000, seed), name);
    results.push(await publish(file, { kind: "directory", directory: target() }, { keep }));
  }
  return results;
}

const hashesOf = (entries: readonly { hash: string }[]) => entries.map(({ hash }) => hash);

test("without a rule every image stays", async () => {
  await publishImages({}, [1, 2, 3]);
  expect(readIndex().images).toHaveLength(3);
});

test("the latest images of a name stay, and what is known of the others", async () => {
  const others = await publishImages({}, [8, 9], "other");
  const results = await publishImages({ last: 2 }, [1, 2, 3, 4]);
  const [first = "", second = "", third = "", fourth = ""] = hashesOf(results);
  expect(results.map(({ pruned }) => pruned)).toEqual([[], [], [first], [second]]);
  const { images, history } = readIndex();
  expect(hashesOf(images)).toEqual([...hashesOf(others), third, fourth]);
  expect(hashesOf(history)).toEqual([...hashesOf(others), first, second, third, fourth]);
  expect(history.filter((one: { removed?: string }) => one.removed)).toEqual([
    {
      name: "hello",
      hash: first,
      size: 1000,
      published: expect.any(String),
      removed: expect.any(String),
    },
    expect.objectContaining({ hash: second, removed: expect.stringMatching(/^\d{4}-.*Z$/) }),
  ]);
  const files = readdirSync(target()).filter((name) => name.endsWith(".gvmi"));
  expect(files.sort()).toEqual(
    [...hashesOf(others), third, fourth].map((hash) => `${hash}.gvmi`).sort(),
  );
});

test("an image that was removed can be published again, and is then the latest", async () => {
  const [first] = await publishImages({ last: 1 }, [1, 2]);
  const [again, third] = await publishImages({ last: 2 }, [1, 3]);
  expect(again).toMatchObject({ hash: first?.hash, isNew: true, pruned: [] });
  expect(hashesOf(readIndex().images)).toEqual([first?.hash, third?.hash]);
  expect(readIndex().history[0]).not.toHaveProperty("removed");
});

test("a file that someone else removed is no failure", async () => {
  const [first] = await publishImages({}, [1, 2]);
  rmSync(join(target(), `${first?.hash}.gvmi`));
  const [third] = await publishImages({ last: 1 }, [3]);
  expect(hashesOf(readIndex().images)).toEqual([third?.hash]);
});

test("nothing outside the directory's images is removed", async () => {
  await publishImages({}, [1]);
  const [record = ""] = readdirSync(target()).filter((name) => /^[0-9a-f]+\.json$/.test(name));
  const kept = join(place.path, "1.gvmi");
  const text = readFileSync(join(target(), record), "utf8");
  expect(text).toContain('"file"');
  const { hash } = JSON.parse(text);
  await publishImages({ last: 1 }, [2]);
  expect(existsSync(kept)).toBe(true);
  expect(existsSync(join(target(), `${hash}.gvmi`))).toBe(false);
});

test.each<TargetDescription>([
  { kind: "registry" },
  { kind: "s3", bucket: "images", prefix: "" },
  { kind: "http", url: "https://example.org/" },
])("a rule for another target is refused, which would keep all: %j", async (to) => {
  const file = writeImage(join(place.path, "x.gvmi"), testBytes(1000));
  await expect(publish(file, to, { keep: { last: 1 } })).rejects.toThrow(PublishError);
});

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse("2026-06-30T00:00:00.000Z");
/** Images `a0`, `a10`, ...: so many days old. */
const images = [0, 10, 20, 30, 40].map((age) => ({
  name: "a",
  hash: `a${age}`,
  published: new Date(now - age * DAY).toISOString(),
}));
const [newest = { name: "", hash: "" }] = images;

test.each<[string, KeepRule, string[]]>([
  ["no rule", {}, []],
  ["the last two", { last: 2 }, ["a20", "a30", "a40"]],
  ["only itself", { last: 1 }, ["a10", "a20", "a30", "a40"]],
  ["twenty days", { days: 20 }, ["a30", "a40"]],
  ["either", { last: 4, days: 10 }, ["a40"]],
  ["more than there are", { last: 100 }, []],
])("%s", (_, rule, expected) => {
  const other = { name: "b", hash: "b", published: new Date(0).toISOString() };
  expect(hashesOf(imagesToPrune([...images, other], newest, rule, now))).toEqual(expected);
});

test("what counts is when an image was published last", () => {
  const again = images.map((image) =>
    image.hash === "a40" ? { ...image, lastPublished: new Date(now).toISOString() } : image,
  );
  expect(hashesOf(imagesToPrune(again, newest, { days: 25 }, now))).toEqual(["a30"]);
});
