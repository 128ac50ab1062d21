// Needs Go (for act, unless that is in the cache), git, what builds images, and QEMU. Without act it says so.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile } from "../../src/gvmi/hash-file.ts";
import { actIsMissing } from "../support/act.ts";
import { ActionsCacheServer } from "../support/actions-cache-server.ts";
import { file, ociArchive, plain } from "../support/archives.ts";
import { TestRegistry } from "../support/test-registry.ts";

const whyNot = actIsMissing();
const itInAct = whyNot === undefined ? it : it.skip;
const reason = whyNot === undefined ? "" : ` (skipped: ${whyNot})`;

let directory = "";
const cache = new ActionsCacheServer();
const children = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-"));
  await cache.listen();
});

afterAll(async () => {
  for (const child of children) child.kill();
  await cache.close();
  await rm(directory, { recursive: true });
});

interface RunOptions {
  readonly layout?: "elsewhere" | "beside";
  readonly tag?: string;
  readonly act?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface Run {
  readonly status: number | null;
  readonly log: string;
  /** What is left for GitHub. */
  readonly left: string;
  /** What the last step of the workflow was told. */
  readonly outputs: Record<string, unknown>;
}

/** Runs a workflow; its last job or step gets outputs by `OUTPUTS`. */
async function runWorkflow(
  workspace: string,
  workflow: string,
  options: RunOptions = {},
): Promise<Run> {
  const left = await mkdtemp(join(directory, "left-"));
  const path = join(left, "workflow.yml");
  await writeFile(path, workflow);
  const { layout = "elsewhere", tag, act = [], environment } = options;
  const args = ["--workspace", workspace, "--workflow", path, "--layout", layout];
  if (tag !== undefined) args.push("--tag", tag);
  const child = spawn(process.execPath, ["scripts/act-run.mjs", ...args, "--", ...act], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      STAND_INS: left,
      ...environment,
    },
  });
  children.add(child);
  const texts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => texts.push(chunk));
  }
  const [status] = await once(child, "close");
  children.delete(child);
  const outputs = await readFile(join(left, "outputs.json"), "utf8").catch(() => "{}");
  return { status, log: Buffer.concat(texts).toString(), left, outputs: JSON.parse(outputs) };
}

/** A failure shows what act printed. */
function expectSuccess({ status, log }: Run): void {
  expect(status === 0 ? "" : log).toBe("");
}

const keepOutputs = (from: string) => `- env:
          OUTPUTS: \${{ toJSON(${from}) }}
        run: printf '%s' "$OUTPUTS" >"$STAND_INS/outputs.json"`;

const USE = "      - uses: org/golem-image-action@v1\n";

/** The first workflow of the README, with other steps in place of the one that uses the action. */
async function minimalWorkflowWith(steps: string): Promise<string> {
  const workflow = await readmeBlock("name: ");
  expect(workflow.split(USE)).toHaveLength(2);
  return workflow.replace(USE, `${steps}      ${keepOutputs("steps.image.outputs")}\n`);
}

/** The same with a step that looks at what the action has left. */
async function minimalWorkflow(inputs = ""): Promise<string> {
  return minimalWorkflowWith(USE.replace("- uses", "- id: image\n        uses") + inputs);
}

/** The YAML in the README that starts like this. */
async function readmeBlock(start: string): Promise<string> {
  const blocks = (await readFile("README.md", "utf8")).matchAll(/^```yaml\n(.*?)^```$/gms);
  const found = [...blocks].flatMap(([, text = ""]) => (text.startsWith(start) ? [text] : []));
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

async function copyHello(): Promise<string> {
  const workspace = await mkdtemp(join(directory, "hello-"));
  for (const name of [
    "Dockerfile",
    ".dockerignore",
    "golem-image.yml",
    "prepare.sh",
    "welcome.txt",
  ]) {
    await cp(join("examples", "hello", name), join(workspace, name), { preserveTimestamps: true });
  }
  const [status] = await once(spawn(join(workspace, "prepare.sh"), { stdio: "inherit" }), "close");
  expect(status).toBe(0);
  return workspace;
}

/** The same with a single test, which takes no longer than a boot. */
async function copyHelloWithOneTest(): Promise<string> {
  const workspace = await copyHello();
  const settings =
    "name: hello\ntests:\n  - name: echoes\n    run: echo fine\n    expect: {stdout: fine}\n";
  await writeFile(join(workspace, "golem-image.yml"), settings);
  return workspace;
}

const reusable = (name: string, more: string) => `on: push
jobs:
  image:
    uses: org/golem-image-action/.github/workflows/golem-image-${name}.yml@v1
${more}
  after:
    needs: image
    runs-on: ubuntu-24.04
    steps:
      ${keepOutputs("needs.image.outputs")}
`;

describe("in act", () => {
  itInAct(`the README's workflow ends with hash and URL${reason}`, async () => {
    const workspace = await copyHello();
    const first = await runWorkflow(workspace, await minimalWorkflow());
    expectSuccess(first);
    expect(first.outputs).toMatchObject({
      hash: expect.stringMatching(/^[0-9a-f]{56}$/),
      url: expect.stringContaining(`${first.outputs.hash}.gvmi`),
      package: expect.stringContaining(`hash:sha3:${first.outputs.hash}:`),
      "cache-hit": expect.stringMatching(/^(?:hit|near|miss)$/),
      "lint-sarif": expect.stringMatching(/\.sarif$/),
      "min-memory-gib": expect.stringMatching(/^\d/),
    });
    expect(first.log).toMatch(/3 of 3 (?:tests )?passed/);
  });

  itInAct(`the README's step that publishes does so${reason}`, async () => {
    const registry = await new TestRegistry().start();
    try {
      const steps = (await readmeBlock("- id: image")).replace(/^(?=.)/gm, "      ");
      const run = await runWorkflow(
        await copyHelloWithOneTest(),
        await minimalWorkflowWith(steps),
        {
          environment: { REGISTRY_URL: registry.url },
          act: ["--secret", "REGISTRY_TOKEN=s3cret-token"],
        },
      );
      expectSuccess(run);
      expect(run.outputs).toMatchObject({ tags: "alice/hello:latest" });
      const published = registry.contents(registry.tags.get("alice/hello:latest"));
      expect(String(published?.length)).toBe(run.outputs.size);
      expect(run.log).not.toContain("s3cret-token");
    } finally {
      await registry.close();
    }
  });

  itInAct(
    `a second run hits the cache of a runner of one's own, in either layout${reason}`,
    async () => {
      const workspace = await copyHello();
      const workflow = await minimalWorkflow(
        "        with: {lint: false, test: false, to: 'directory:public'}\n",
      );
      const environment = {
        GOLEM_IMAGE_CACHE: join(directory, "cache"),
        // Two builds of a Dockerfile with a RUN step are the same image with it only.
        SOURCE_DATE_EPOCH: "1700000000",
        ACTIONS_RUNTIME_TOKEN: "",
      };
      const first = await runWorkflow(workspace, workflow, { environment });
      expect(first.outputs).toMatchObject({
        "cache-hit": "miss",
        hash: expect.stringMatching(/^\w{56}$/),
      });
      const second = await runWorkflow(workspace, workflow, { environment, layout: "beside" });
      const { hash = "no hash" } = first.outputs;
      expect(second.outputs).toMatchObject({ "cache-hit": "hit", hash });
      expect(second.outputs.url).toMatch(new RegExp(`/public/${hash}\\.gvmi$`));
    },
  );

  itInAct(`a conversion comes from the workflow's cache${reason}`, async () => {
    const workspace = await mkdtemp(join(directory, "cached-"));
    await writeFile(join(workspace, "image.tar"), ociArchive([plain([file("etc/motd", "hello")])]));
    const convert = "uses: org/golem-image-action/convert@v1\n        with: {image: image.tar}";
    const run = await runWorkflow(
      workspace,
      `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - id: first
        ${convert}
      - id: second
        ${convert}
      ${keepOutputs("steps")}
`,
      {
        environment: {
          ACTIONS_CACHE_SERVICE_V2: "true",
          ACTIONS_RESULTS_URL: `${cache.url}/`,
          ACTIONS_RUNTIME_TOKEN: "e30.e30.",
        },
      },
    );
    expectSuccess(run);
    expect(run.outputs).toMatchObject({
      first: { outputs: { "cache-hit": "miss" } },
      second: { outputs: { "cache-hit": "hit" } },
    });
    expect(cache.entries).toHaveLength(1);
  });

  itInAct(
    `a pull request is tested in shards, and its findings get to code scanning${reason}`,
    async () => {
      const workspace = await copyHello();
      const workflow = reusable("pr", `    with: {profiles: '["v0.5"]', shards: '["1/2", "2/2"]'}`);
      const run = await runWorkflow(workspace, workflow);
      expectSuccess(run);
      const gvmi = join(run.left, "artifacts", "golem-image-gvmi", "image.gvmi");
      const { hash, size } = await hashFile(gvmi);
      expect(run.outputs).toMatchObject({ hash, size: String(size) });
      const sarif = join(run.left, "sarif", "golem-image");
      const [report = ""] = await readdir(sarif);
      expect(await readFile(join(sarif, report), "utf8")).toContain("GVM002");
      // Each shard has tests of its own; there are three.
      const names = (await readdir(join(run.left, "artifacts"))).filter((name) =>
        /-tests-/.test(name),
      );
      const results = names.map(async (name) => {
        const path = join(run.left, "artifacts", name, "result.json");
        return JSON.parse(await readFile(path, "utf8")).profiles[0].tests;
      });
      const tests = (await Promise.all(results))
        .flat()
        .filter(({ verdict }) => verdict === "passed");
      expect(new Set(tests.map(({ name }) => name)).size).toBe(3);
    },
  );

  itInAct(
    `a finding fails the verdict on a pull request, and gets to code scanning${reason}`,
    async () => {
      const workspace = await copyHelloWithOneTest();
      await appendFile(join(workspace, "golem-image.yml"), "lint:\n  failOn: warning\n");
      const run = await runWorkflow(workspace, reusable("pr", "    with: {artifact: strict}"));
      expect(run.status).toBe(1);
      expect(run.log).toMatch(/\/Golem image +\] .*Job failed/u);
      expect(run.outputs).toEqual({});
      // Nothing was built.
      expect(await readdir(join(run.left, "artifacts"))).toEqual(["strict-lint"]);
      expect(await readdir(join(run.left, "sarif"))).toEqual(["strict"]);
    },
  );

  itInAct(
    `a release publishes the bytes that were tested, with the tags of its git tag${reason}`,
    async () => {
      const registry = await new TestRegistry().start();
      try {
        const workspace = await copyHelloWithOneTest();
        const inputs = `    with:
      to: registry
      registry-url: ${registry.url}
      registry-user: alice
      tags-from-ref: alice/hello
      github-release: false
    secrets:
      registry-token: \${{ secrets.REGISTRY_TOKEN }}`;
        const run = await runWorkflow(workspace, reusable("release", inputs), {
          tag: "v1.2.3",
          act: ["--secret", "REGISTRY_TOKEN=s3cret-token"],
        });
        expectSuccess(run);
        expect([...registry.tags.keys()].sort()).toEqual([
          "alice/hello:1",
          "alice/hello:1.2",
          "alice/hello:1.2.3",
          "alice/hello:latest",
        ]);
        const published = registry.contents(registry.tags.get("alice/hello:1.2.3"));
        const gvmi = await readFile(join(run.left, "artifacts", "golem-image-gvmi", "image.gvmi"));
        expect(published?.equals(gvmi)).toBe(true);
        const attested = await readFile(join(run.left, "attestations"), "utf8");
        expect(attested).toBe(`${run.outputs.sha256}\n`);
        expect(run.outputs.package).toMatch(/^hash:sha3:[0-9a-f]{56}:http/);
        expect(run.log).not.toContain("s3cret-token");
      } finally {
        await registry.close();
      }
    },
  );
});
