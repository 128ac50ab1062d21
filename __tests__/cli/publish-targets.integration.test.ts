// Needs nothing but Node; runs the whole program as processes of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha3 } from "../publish/image-file.ts";
import { buildCli, type CliOptions, type CliResult } from "../support/cli.ts";
import { superblock, trailer } from "../support/gvmi.ts";
import { startServer } from "../support/http-server.ts";
import { TestGithub } from "../support/test-github.ts";

const TOKEN = "s3cret-token";
const image = Buffer.concat([superblock(200_000), trailer('{"Volumes":{"/golem/output":{}}}')]);
const hash = sha3(image);

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let directory: string;

beforeAll(async () => {
  golemImage = await buildCli();
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "publish-cli-"));
  writeFileSync(join(directory, "image.gvmi"), image);
});

afterEach(() => rmSync(directory, { recursive: true }));

test("a release's asset is published, verified by its package string, and its token printed nowhere", async () => {
  const github = await new TestGithub(TOKEN).start();
  try {
    const env = { GITHUB_TOKEN: TOKEN, GITHUB_API_URL: `${github.url}/api/v3` };
    const args = ["publish", "image.gvmi", "--to", "github-release:alice/images@v1", "--json"];
    const published = await golemImage(args, { cwd: directory, env });
    expect(published).toMatchObject({ exitCode: 0 });
    expect(`${published.stdout}${published.stderr}`).not.toContain(TOKEN);
    const result = JSON.parse(published.stdout);
    expect(result).toMatchObject({ hash, isNew: true, check: { redirects: 1, resume: "works" } });
    const verified = await golemImage(["verify", result.package, "--json"]);
    expect(verified).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ...{ hash, isExpected: true, size: image.length, volumes: ["/golem/output"] },
      snippets: [{ consumer: "golem-js" }, { consumer: "yapapi" }, { consumer: "dapp-runner" }],
    });
  } finally {
    await github.close();
  }
});

test("files are put on a server by the URL of a folder", async () => {
  const files = new Map<string, Buffer>();
  const server = await startServer(async (request, response) => {
    const { url = "" } = request;
    const blocks: Buffer[] = [];
    for await (const block of request) blocks.push(block);
    if (request.method === "PUT") files.set(url, Buffer.concat(blocks));
    const bytes = files.get(url);
    if (!bytes) return response.writeHead(404).end();
    response.writeHead(200, { "content-length": request.method === "PUT" ? 0 : bytes.length });
    return response.end(request.method === "GET" ? bytes : undefined);
  });
  try {
    const args = ["publish", "image.gvmi", "--to", `http:${server.url}/images/`];
    const first = await golemImage(args, { cwd: directory });
    expect(first).toMatchObject({ exitCode: 0 });
    expect([...files.keys()]).toEqual([`/images/${hash}.gvmi`]);
    expect(first.stdout).toContain(`image_url="${server.url}/images/${hash}.gvmi"`);
    expect(first.stderr).toContain("Interrupted downloads start over");
    const again = await golemImage(args, { cwd: directory });
    expect(again.stderr).toContain("the same bytes were there already; nothing was sent");
  } finally {
    await server.close();
  }
});

test("earlier images of a directory are removed by a rule", async () => {
  const args = ["publish", "image.gvmi", "--to", "directory:public", "--keep-last", "1"];
  await golemImage(args, { cwd: directory });
  const other = Buffer.concat([superblock(300_000), trailer("{}")]);
  writeFileSync(join(directory, "image.gvmi"), other);
  const result = await golemImage(args, { cwd: directory });
  expect(result.stderr).toContain(`removed the earlier image ${hash}`);
  const { images } = JSON.parse(readFileSync(join(directory, "public/index.json"), "utf8"));
  expect(images).toMatchObject([{ hash: sha3(other) }]);
});

test.each([
  [["verify", "hello"], 19, "is not what an image is known by"],
  [["verify", "http://127.0.0.1:9/x", "--hash", "abc"], 2, "no SHA3-224 hash"],
  [["publish", "image.gvmi", "--to", "s3:Images"], 2, "github-release:OWNER/REPOSITORY@TAG"],
  [["publish", "image.gvmi", "--to", "registry", "--keep-last", "1"], 19, "directories only"],
  [["publish", "image.gvmi", "--to", "github-release:a/b@v1"], 19, "GITHUB_TOKEN is not set"],
])("%j ends with %i", async (args, exitCode, text) => {
  const env = { GITHUB_TOKEN: "", GH_TOKEN: "" };
  const result = await golemImage(args, { cwd: directory, env });
  expect(result).toMatchObject({ exitCode, stdout: "" });
  expect(result.stderr).toContain(text);
});
