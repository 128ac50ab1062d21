// Needs QEMU, buildah and busybox-static. Runs every action as the runner does, one after the other: an image that
// tries to give the runner commands is built, converted, booted and published.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActionsCacheServer } from "../support/actions-cache-server.ts";
import { makeContext } from "../support/context.ts";
import { type ActionRun, ActionRunner } from "../support/run-action.ts";
import { TestComments } from "../support/test-comments.ts";
import { TestRegistry } from "../support/test-registry.ts";

const INJECTED = "INJECTED";
const SECRET = "t0p-s3cret-value";

const DOCKERFILE = `# ::error::${INJECTED}
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN printf '::set-output name=hash::${INJECTED}\\n##[error]${INJECTED}\\n  ::add-path::${INJECTED}\\n'
RUN --mount=type=secret,id=npm sha256sum /run/secrets/npm
RUN touch '/golem##[error]${INJECTED}' "$(printf '/a\\n::error::${INJECTED}')"
LABEL org.example.text="a\\n::set-env name=PATH::${INJECTED}"
VOLUME /golem/output
CMD ["/bin/echo", "::error::${INJECTED}"]
`;

const SETTINGS = `name: hostile
build: { builder: buildah }
tests:
  - name: "prints ##[error]${INJECTED}"
    run: printf '::error::${INJECTED}\\n'
  - name: fails
    run: printf '::stop-commands::${INJECTED}\\r::set-output name=hash::${INJECTED}\\n##[group]${INJECTED}'; exit 3
`;

const directory = mkdtempSync(join(tmpdir(), "gi suite "));
const runner = new ActionRunner(directory);
const results = join(directory, "results");
const cacheServer = new ActionsCacheServer();
const registry = new TestRegistry();
const comments = new TestComments("t0ken");
const ran: ActionRun[] = [];

const run: ActionRunner["run"] = async (...args) => {
  const result = await runner.run(...args);
  ran.push(result);
  return result;
};

/** A time limit ends a hang, and does not judge how busy this machine is. */
const BOOT = { profile: "documented", "boot-timeout": "200s" };

let archive = "";
let gvmi = "";
let hash = "";

beforeAll(async () => {
  await runner.build("lint", "build", "convert", "test", "publish", "verify", "summary");
  await Promise.all([cacheServer.listen(), registry.start(), comments.start()]);
  makeContext(runner.workspace, { Dockerfile: DOCKERFILE, "golem-image.yml": SETTINGS });
});

afterAll(async () => {
  await Promise.all([cacheServer.close(), registry.close(), comments.close()]);
  rmSync(directory, { recursive: true, force: true });
  rmSync(runner.bundleDirectory, { recursive: true, force: true });
});

const cacheEnvironment = () => ({
  ACTIONS_CACHE_SERVICE_V2: "true",
  ACTIONS_RESULTS_URL: `${cacheServer.url}/`,
  ACTIONS_RUNTIME_TOKEN: "token",
});

test("lint annotates lines of the Dockerfile, and leaves SARIF and a record", async () => {
  const { exitCode, annotations, outputs, summary } = await run("lint", { results });
  expect(exitCode).toBe(0);
  expect(annotations).toContainEqual({
    level: "warning",
    properties: expect.stringMatching(/^file=Dockerfile,line=10,col=1,title=golem-image GVM002$/),
    message: expect.stringContaining("CMD does not run"),
  });
  const sarif = JSON.parse(readFileSync(outputs["lint-sarif"] ?? "", "utf8"));
  expect(sarif.version).toBe("2.1.0");
  // The last step of the job writes it.
  expect(summary).toBe("");
});

test("build hands a secret to the step that asks for it, and to nobody else", async () => {
  const before = readdirSync(runner.temporary);
  const inputs = { results, "build-secrets": `npm=${SECRET}` };
  const { exitCode, log, outputs } = await run("build", inputs);
  expect([exitCode, log]).toEqual([0, log]);
  archive = outputs.image ?? "";
  expect(existsSync(archive)).toBe(true);
  const digest = createHash("sha256").update(SECRET).digest("hex");
  expect(log).toContain(`${digest}  /run/secrets/npm`);
  expect(log.replaceAll(`::add-mask::${SECRET}`, "")).not.toContain(SECRET);
  expect(readFileSync(archive).includes(SECRET)).toBe(false);
  const left = readdirSync(runner.temporary).filter((name) => !before.includes(name));
  expect(left.flatMap((name) => readdirSync(join(runner.temporary, name)))).toEqual(["image.tar"]);
});

test("convert keeps the conversion in GitHub's cache, and finds it there", async () => {
  const inputs = { image: archive, "lint-image": "true", results, "max-size": "2 MiB" };
  const first = await run("convert", inputs, { env: cacheEnvironment() });
  expect([first.exitCode, first.log]).toEqual([0, first.log]);
  expect(first.outputs["cache-hit"]).toBe("miss");
  // What lint has said of the Dockerfile is not said again.
  expect(first.annotations.map(({ properties }) => properties).join()).not.toContain("GVM002");
  ({ "gvmi-path": gvmi = "", hash = "" } = first.outputs);
  expect(createHash("sha256").update(readFileSync(gvmi)).digest("hex")).toBe(first.outputs.sha256);
  expect(first.outputs.size).toBe(String(readFileSync(gvmi).length));
  const second = await run("convert", inputs, { env: cacheEnvironment() });
  expect(second.outputs).toMatchObject({ "cache-hit": "hit", hash });
});

test("a cache service that fails costs a warning at most", async () => {
  // A busy one would be asked again and again, for a minute.
  cacheServer.failWith = 403;
  const env = cacheEnvironment();
  const converted = await run("convert", { image: archive, level: "1" }, { env });
  cacheServer.failWith = undefined;
  expect([converted.exitCode, converted.log]).toEqual([0, converted.log]);
  expect(converted.outputs["cache-hit"]).toBe("miss");
  expect(converted.annotations.filter(({ level }) => level === "error")).toEqual([]);
});

test("a budget fails or warns", async () => {
  const inputs = { image: archive, cache: "false", "max-size": "1" };
  const failed = await run("convert", inputs);
  expect(failed.exitCode).toBe(1);
  expect(failed.annotations).toMatchObject([
    { level: "error", message: expect.stringContaining("and may have 1 MiB") },
  ]);
  // The summary of a step that is used alone.
  expect(failed.summary).toContain("❌");
  const warned = await run("convert", { ...inputs, "max-size-policy": "warn" });
  expect(warned.exitCode).toBe(0);
  expect(warned.annotations).toMatchObject([{ level: "warning" }]);
});

test("test boots the image, and tells what the tests took", async () => {
  const inputs = { gvmi, only: "^prints", ...BOOT, results };
  const { exitCode, outputs, log, state } = await run("test", inputs);
  expect([exitCode, log]).toEqual([0, log]);
  expect(Number(outputs["min-memory-gib"])).toBeGreaterThanOrEqual(0.1);
  expect(Number(outputs["min-storage-gib"])).toBeGreaterThan(0);
  const reports = readdirSync(outputs["test-report"] ?? "").sort();
  expect(reports).toEqual(expect.arrayContaining(["junit.xml", "report.html", "result.json"]));
  // Nothing is left to do for the post step, and it ends well.
  const post = await run("test", {}, { state });
  expect(post).toMatchObject({ exitCode: 0, annotations: [] });
});

test("a failed test is annotated where it is written", async () => {
  const inputs = { gvmi, only: "^fails", ...BOOT };
  const { exitCode, annotations, outputs, summary } = await run("test", inputs);
  expect(exitCode).toBe(1);
  expect(annotations[0]).toMatchObject({
    level: "error",
    properties: "file=golem-image.yml,line=6,title=fails (documented)",
  });
  expect(outputs).not.toHaveProperty("min-memory-gib");
  expect(summary).toContain("1 failed");
});

test("publish prints what a requestor needs, and verify finds it", async () => {
  const inputs = {
    ...{ gvmi, results, to: "registry", tags: "alice/hostile:1.0\nalice/hostile:latest" },
    ...{ "registry-url": registry.url, "registry-user": "alice", "registry-token": "s3cret-token" },
  };
  const { exitCode, outputs, log } = await run("publish", inputs);
  expect([exitCode, log]).toEqual([0, log]);
  expect(outputs).toMatchObject({ hash, tags: "alice/hostile:1.0\nalice/hostile:latest" });
  expect(outputs.package).toBe(`hash:sha3:${hash}:${outputs.url}`);
  expect(JSON.parse(outputs.snippets ?? "")).toContainEqual(
    expect.objectContaining({ consumer: "golem-js", language: "javascript" }),
  );
  expect(log.replaceAll("::add-mask::s3cret-token", "")).not.toContain("s3cret-token");
  const verified = await run("verify", {
    ...{ subject: "alice/hostile:1.0", hash, "registry-url": registry.url },
  });
  expect(verified).toMatchObject({ exitCode: 0, outputs: { hash, url: outputs.url } });
});

test("the summary has it all, and a comment of the pull request is updated in place", async () => {
  const event = join(directory, "event.json");
  const head = { repo: { full_name: "alice/images" } };
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head } }));
  const env = {
    ...{ GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: "alice/images" },
    ...{ GITHUB_API_URL: comments.url, GITHUB_WORKFLOW: "CI --> x", GITHUB_JOB: "image" },
    ...{ GITHUB_SERVER_URL: "https://github.example.org", GITHUB_RUN_ID: "42" },
  };
  const inputs = { results, comment: "true", "github-token": "t0ken" };
  const { summary, exitCode } = await run("summary", inputs, { env });
  expect(exitCode).toBe(0);
  expect(summary).toContain("## ✅ Golem image published");
  for (const text of [hash, "GVM002", "```mermaid", "golem-js", "% of 2 MiB", "hit: converted"]) {
    expect(summary).toContain(text.replace(":", "&#58;"));
  }
  expect(summary).toContain("(https://github.example.org/alice/images/actions/runs/42)");
  const [own] = comments.comments;
  expect(own?.body).toContain(summary.trim());
  // Somebody else's copy stays as it is.
  comments.comments.unshift({ id: 99, body: own?.body ?? "", user: { login: "mallory" } });
  if (own) own.body = own.body.replace("published", "outdated");
  const again = await run("summary", inputs, { env });
  expect(again.log).toContain("was updated");
  expect(comments.comments).toHaveLength(2);
  expect(own?.body).toContain("Golem image published");
  await run("summary", { ...inputs, "comment-key": "another of the matrix" }, { env });
  expect(comments.comments).toHaveLength(3);
  comments.failWith = 403;
  const refused = await run("summary", inputs, { env });
  expect(refused).toMatchObject({ exitCode: 0, summary });
  expect(refused.annotations).toMatchObject([
    { level: "warning", message: expect.stringContaining("pull-requests: write") },
  ]);
});

test("nothing in the image gave the runner a command, an output or a variable", () => {
  const own = /^::(?:(?:group|endgroup|add-mask|debug)::|(?:error|warning|notice)(?: [^:]*)?::)/;
  for (const { log, outputs, environment } of ran) {
    for (const line of log.split(/[\r\n]/)) {
      const isOwn = own.test(line) && !line.startsWith(`::error::${INJECTED}`);
      const isCommand = line.trim().startsWith("::") || (!isOwn && line.includes("##["));
      expect([line, isCommand && !isOwn]).toEqual([line, false]);
    }
    expect(JSON.stringify(outputs)).not.toContain(INJECTED);
    expect(environment).toBe("");
  }
  // The tests above are about texts that did come.
  expect(ran.map(({ log }) => log).join("\n")).toContain(`: :set-output name=hash::${INJECTED}`);
});
