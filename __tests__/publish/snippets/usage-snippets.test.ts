import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { type UsageSnippet, usageSnippets } from "../../../src/publish/snippets/usage-snippets.ts";

const hash = "06aa5c957a256ce91b3db10862fb3b5bbc77f2b621a57dba88ad0167";
const registry = `https://registry.golem.network/download/${hash}`;
/** What could end a string too early in one of the languages. */
const hostile = new URL(`https://example.org/it's/"\\$\{x}#{y}'''/${hash}.gvmi`).href;

const IMAGES = {
  "by tag": { hash, url: registry, tag: "alice/hello:1.0" },
  "by hash": { hash, url: registry },
  "by URL": { hash, url: hostile },
};

function codeFor(consumer: UsageSnippet["consumer"], image: keyof typeof IMAGES): string {
  const snippet = usageSnippets(IMAGES[image]).find((one) => one.consumer === consumer);
  if (!snippet) throw new Error(`There is nothing for ${consumer} ${image}.`);
  return snippet.code;
}

/** What a JavaScript snippet's order says, by running it in a Node of its own. */
function orderOf(code: string): unknown {
  const script = `${code}process.stdout.write(JSON.stringify(order));`;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  return JSON.parse(run.stdout.toString());
}

describe("golem-js", () => {
  test.each([
    ["by tag", { imageTag: "alice/hello:1.0" }],
    ["by hash", { imageHash: hash }],
    ["by URL", { imageHash: hash, imageUrl: hostile }],
  ] as const)("an image %s", (image, workload) => {
    const code = codeFor("golem-js", image);
    const check = spawnSync(process.execPath, ["--check", "--input-type=module", "-"], {
      input: code,
    });
    expect(check.stderr.toString()).toBe("");
    expect(check.status).toBe(0);
    expect(orderOf(code)).toMatchObject({ demand: { workload } });
  });
});

describe("dapp-runner", () => {
  test.each([
    ["by tag", { image_hash: hash }],
    ["by hash", { image_hash: hash }],
    ["by URL", { image_hash: hash, image_url: hostile }],
  ] as const)("an image %s", (image, params) => {
    expect(parse(codeFor("dapp-runner", image))).toEqual({
      payloads: { "my-payload": { runtime: "vm", params } },
      nodes: { "my-node": { payload: "my-payload" } },
    });
  });
});

describe("ray-on-golem", () => {
  test.each([
    ["by tag", { image_tag: "alice/hello:1.0" }],
    ["by hash", { image_hash: hash }],
  ] as const)("an image %s", (image, demand) => {
    expect(parse(codeFor("ray-on-golem", image))).toEqual({
      provider: { parameters: { node_config: { demand } } },
    });
  });

  test("cannot use an image by its URL", () => {
    const consumers = usageSnippets(IMAGES["by URL"]).map(({ consumer }) => consumer);
    expect(consumers).toEqual(["golem-js", "yapapi", "dapp-runner"]);
  });
});

test("a tag of another registry is no use to requestors, who ask the public one", () => {
  const image = { hash, url: "https://images.example.org/download/x", tag: "alice/hello:1.0" };
  for (const { code } of usageSnippets(image)) {
    expect(code).toContain(image.url);
    expect(code).not.toContain(image.tag);
  }
});
