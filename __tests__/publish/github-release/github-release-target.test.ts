import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { GithubAccess } from "../../../src/publish/github-release/github-access.ts";
import {
  type GithubReleaseSettings,
  GithubReleaseTarget,
} from "../../../src/publish/github-release/github-release-target.ts";
import { parseReleaseName } from "../../../src/publish/github-release/release-name.ts";
import type { PublishFile, PublishOptions } from "../../../src/publish/publish-target.ts";
import { startServer } from "../../support/http-server.ts";
import { TestGithub } from "../../support/test-github.ts";
import { testBytes, useDirectory, writeImage } from "../image-file.ts";
import { failureOf, TOKEN } from "../registry/support.ts";

const place = useDirectory();
let github: TestGithub;

beforeEach(async () => {
  github = await new TestGithub(TOKEN).start();
});
afterEach(() => github.close());

const newImage = (seed = 1): PublishFile =>
  writeImage(join(place.path, `${seed}.gvmi`), testBytes(200_000, seed));

const environment = () => ({ GITHUB_TOKEN: TOKEN, GITHUB_API_URL: `${github.url}/api/v3` });

async function publish(
  file: PublishFile,
  name = "alice/images@v1",
  settings: GithubReleaseSettings = {},
  options: PublishOptions = {},
) {
  const to = parseReleaseName(name);
  if (!to) throw new Error(`${name} is no release.`);
  const target = new GithubReleaseTarget(
    {
      environment: environment(),
      retryPolicy: { attempts: 4, firstDelayMs: 1, longestDelayMs: 5, longestRetryAfterMs: 5000 },
      ...settings,
    },
    to,
  );
  try {
    const stored = await target.store(file, options);
    const check = await target.check(file, stored, options);
    return { ...stored, check, names: await target.announce() };
  } finally {
    target.close();
  }
}

const assetNames = () => github.releases.flatMap(({ assets }) => assets.map(({ name }) => name));
const uploads = () => github.requests.filter((name) => name.startsWith("POST /api/uploads"));

test("a release is made, and its asset can be downloaded by everyone", async () => {
  const file = newImage();
  const done: number[] = [];
  const result = await publish(file, undefined, {}, { onProgress: (at) => done.push(at.done) });
  expect(result).toEqual({
    url: `${github.url}/alice/images/releases/download/v1/${file.hash}.gvmi`,
    isNew: true,
    check: { redirects: 1, resume: "works", warnings: [] },
    names: [],
  });
  expect(github.releases).toMatchObject([{ tag: "v1", commit: undefined }]);
  expect(done).toContain(file.size);
});

test("a workflow's release is made of the commit that it runs for, in its own repository alone", async () => {
  const of = (GITHUB_REPOSITORY: string) => ({
    environment: { ...environment(), GITHUB_REPOSITORY, GITHUB_SHA: "abc123" },
  });
  await publish(newImage(), "alice/images@v1", of("Alice/images"));
  await publish(newImage(), "alice/images@v2", of("bob/other"));
  expect(github.releases.map(({ commit }) => commit)).toEqual(["abc123", undefined]);
});

test("nothing is sent when the asset is there with the same digest", async () => {
  const file = newImage();
  await publish(file);
  expect(await publish(file)).toMatchObject({ isNew: false });
  expect(uploads()).toHaveLength(1);
});

test("without digests the assets themselves are compared", async () => {
  github.hasDigests = false;
  const file = newImage();
  await publish(file);
  expect(await publish(file)).toMatchObject({ isNew: false });
  expect(uploads()).toHaveLength(1);
  const [asset] = github.releases[0]?.assets ?? [];
  if (asset) asset.bytes = testBytes(200_000, 9);
  expect(await failureOf(publish(file))).toMatchObject({ failure: "conflict" });
});

describe("an asset of the name with other bytes", () => {
  const name = "alice/images@v1/hello.gvmi";

  beforeEach(async () => {
    const release = github.addRelease("v1");
    for (let index = 0; index < 120; index++) {
      github.addAsset(release, `other-${index}.txt`, Buffer.from("x"));
    }
    await publish(newImage(1), name);
    github.requests.length = 0;
  });

  test("is a conflict, and nothing is sent", async () => {
    const error = await failureOf(publish(newImage(2), name));
    expect(error).toMatchObject({ failure: "conflict" });
    expect(error.message).toMatch(/another file of the name hello.gvmi: sha256:[0-9a-f]{64}/);
    expect(uploads()).toEqual([]);
  });

  test("is replaced when that is asked for", async () => {
    const file = newImage(2);
    const result = await publish(file, name, { onConflict: "move" });
    expect(result).toMatchObject({
      url: `${github.url}/alice/images/releases/download/v1/hello.gvmi`,
      isNew: true,
      names: [{ name: "hello.gvmi", outcome: "moved" }],
    });
    expect(assetNames().filter((one) => one.endsWith(".gvmi"))).toEqual(["hello.gvmi"]);
  });

  test("stays whole when its replacement cannot be sent", async () => {
    github.fault = (request, response) => {
      if (!request.startsWith("POST /api/uploads")) return false;
      response.writeHead(413).end();
      return true;
    };
    const replacing = publish(newImage(2), name, { onConflict: "move" });
    expect(await failureOf(replacing)).toMatchObject({ failure: "too-large" });
    github.fault = () => false;
    expect(await publish(newImage(1), name)).toMatchObject({ isNew: false });
  });

  test("is kept when that is asked for, and the image is named by its hash", async () => {
    const file = newImage(2);
    const result = await publish(file, name, { onConflict: "keep" });
    expect(result).toMatchObject({
      url: `${github.url}/alice/images/releases/download/v1/${file.hash}.gvmi`,
      names: [{ name: "hello.gvmi", outcome: "kept" }],
    });
    expect(await publish(newImage(1), name)).toMatchObject({ isNew: false });
  });
});

test("what is left of an upload that failed is removed first", async () => {
  const file = newImage();
  const asset = github.addAsset(github.addRelease("v1"), `${file.hash}.gvmi`, Buffer.from(""));
  asset.state = "starter";
  expect(await publish(file)).toMatchObject({ isNew: true });
  expect(assetNames()).toEqual([`${file.hash}.gvmi`]);
});

test.each([500, 502, 503])("an upload that is answered with %i is sent again", async (status) => {
  github.fault = (name, response, earlier) => {
    if (!name.startsWith("POST /api/uploads") || earlier > 0) return false;
    response.writeHead(status).end();
    return true;
  };
  expect(await publish(newImage())).toMatchObject({ isNew: true });
  expect(uploads()).toHaveLength(2);
});

test("an upload whose answer is lost is found, and not sent again", async () => {
  const file = newImage();
  github.fault = (name, response, earlier) => {
    if (!name.startsWith("POST /api/uploads") || earlier > 0) return false;
    const [release] = github.releases;
    if (release) github.addAsset(release, `${file.hash}.gvmi`, testBytes(200_000));
    response.destroy();
    return true;
  };
  expect(await publish(file)).toMatchObject({ check: { resume: "works" } });
  expect(uploads()).toHaveLength(1);
});

test("bytes that were damaged on their way are removed again", async () => {
  github.isDamaging = true;
  expect(await failureOf(publish(newImage()))).toMatchObject({ failure: "incomplete" });
  expect(assetNames()).toEqual([]);
});

test("too many requests are waited for, which GitHub answers with 403, too", async () => {
  github.fault = (name, response, earlier) => {
    if (!name.startsWith("GET /api/v3") || earlier > 0) return false;
    response.writeHead(403, { "retry-after": "0" }).end("{}");
    return true;
  };
  const notes: string[] = [];
  await publish(newImage(), undefined, {}, { onNote: (text) => notes.push(text) });
  expect(notes[0]).toContain("HTTP 429");
});

test("the file is never taken for the image when it changes", async () => {
  const file = newImage();
  writeFileSync(file.path, testBytes(200_000, 7));
  expect(await failureOf(publish(file))).toMatchObject({ failure: "changed" });
  expect(assetNames()).toEqual([]);
});

test.each([
  ["another token", { GITHUB_TOKEN: "other" }, false, /HTTP 401/],
  ["an address that is none of GitHub's", {}, true, /is not GitHub's/],
])("%s is said", async (_, given, isPage, message) => {
  const page = await startServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html>");
  });
  try {
    const api = isPage ? { GITHUB_API_URL: page.url } : {};
    const all = { ...environment(), ...given, ...api };
    const error = await failureOf(publish(newImage(), undefined, { environment: all }));
    expect(error.message).toMatch(message);
  } finally {
    await page.close();
  }
});

test("the token goes to no other host, whatever the API says", async () => {
  const seen: (string | undefined)[] = [];
  const other = await startServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end("{}");
  });
  try {
    github.uploadOrigin = other.url;
    expect(await failureOf(publish(newImage()))).toMatchObject({ failure: "redirected" });
    github.fault = (_name, response) => {
      response.writeHead(307, { location: `${other.url}/x` }).end();
      return true;
    };
    await failureOf(publish(newImage()));
    expect(seen.filter((authorization) => authorization !== undefined)).toEqual([]);
  } finally {
    await other.close();
  }
});

test("a token is needed, is not sent unencrypted, and is printed by nothing", () => {
  expect(() => new GithubAccess({})).toThrow(/GITHUB_TOKEN is not set/);
  const insecure = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: "http://github.example.org/api/v3" };
  expect(() => new GithubAccess(insecure)).toThrow(/not encrypted/);
  const access = new GithubAccess({ GH_TOKEN: TOKEN });
  expect(inspect(access) + JSON.stringify(access)).not.toContain(TOKEN);
});

test.each([
  ["https://api.github.com", "https://uploads.github.com/a{?name,label}", true],
  ["https://github.example.org/api/v3", "https://github.example.org/api/uploads/a", true],
  ["https://github.example.org/api/v3", "https://uploads.github.example.org/a", true],
  ["https://api.github.com", "https://uploads.github.com.example.org/a", false],
  ["https://api.github.com", "http://uploads.github.com/a", false],
])("the API at %s may ask for uploads at %s: %s", (GITHUB_API_URL, template, isKnown) => {
  const access = new GithubAccess({ GITHUB_TOKEN: TOKEN, GITHUB_API_URL });
  const upload = () => access.uploadUrl(template, "a&b.gvmi").search;
  if (isKnown) expect(upload()).toBe("?name=a%26b.gvmi");
  else expect(upload).toThrow(/is not given the token/);
});
