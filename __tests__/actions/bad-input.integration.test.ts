// Needs nothing but Node and what a runner has; it bundles the actions, and starts them as processes.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ActionRun, ActionRunner } from "../support/run-action.ts";
import { makeTestImage, type TestImage } from "../support/test-image.ts";

const directory = mkdtempSync(join(tmpdir(), "gi bad "));
const runner = new ActionRunner(directory);
let image: TestImage;

beforeAll(async () => {
  await runner.build("lint", "build", "convert", "test", "publish", "verify", "summary");
  image = await makeTestImage();
  writeFileSync(join(runner.workspace, "Dockerfile"), "FROM scratch\nCOPY a /a\n");
});

afterAll(async () => {
  await image.remove();
  rmSync(directory, { recursive: true, force: true });
  rmSync(runner.bundleDirectory, { recursive: true, force: true });
});

/** One annotation that has all of these texts, exit code 1, and no stack. */
function expectOneError({ exitCode, log, annotations }: ActionRun, ...texts: string[]): void {
  const errors = annotations.filter(({ level }) => level === "error");
  expect([exitCode, errors.length, log]).toEqual([1, 1, log]);
  for (const text of texts) expect(errors[0]?.message).toContain(text);
  expect(log).not.toMatch(/^ +at .*(?:\.cjs|node:internal)/m);
}

test("an unknown profile", async () => {
  const run = await runner.run("test", { gvmi: image.path, profile: "v0.9" });
  expectOneError(run, 'The input profile is "v0.9"', "documented, v0.3, v0.4, v0.5", "%0A");
});

test("a budget that is no amount", async () => {
  const run = await runner.run("convert", { image: "x.tar", "max-size": "banana" });
  expectOneError(run, 'The input max-size is "banana", expected an amount of memory');
});

test("publishing without a target", async () => {
  const run = await runner.run("publish", { gvmi: image.path });
  expectOneError(run, "There is no target to publish to.", "publish.to in golem-image.yml");
});

test("publishing that was not asked for is left out without a target", async () => {
  const run = await runner.run("publish", { optional: "true" });
  expect(run).toMatchObject({ exitCode: 0, annotations: [], outputs: {}, summary: "" });
  expect(run.log).toContain("publish skipped: no target is set");
});

test("settings that are named and not there", async () => {
  const run = await runner.run("lint", { settings: "nowhere/golem-image.yml" });
  expectOneError(run, "The settings file nowhere/golem-image.yml does not exist.");
});

test("settings that are wrong are annotated where they are", async () => {
  mkdirSync(join(runner.workspace, "wrong"), { recursive: true });
  const path = join(runner.workspace, "wrong/golem-image.yml");
  writeFileSync(path, "name: hello\nvm:\n  memory: banana\n");
  const run = await runner.run("lint", { context: "wrong" });
  expectOneError(run, "vm.memory: expected an amount of memory");
  expect(run.annotations[0]?.properties).toBe(
    "file=wrong/golem-image.yml,line=3,title=golem-image",
  );
});

test("a context without a Dockerfile", async () => {
  const run = await runner.run("build", { context: "nowhere" });
  expectOneError(run, "nowhere");
});

test("a stage that was not given what it works on", async () => {
  expectOneError(await runner.run("convert"), "The input image is not set");
  expectOneError(await runner.run("test"), "The input gvmi is not set");
  expectOneError(await runner.run("verify"), "The input subject is not set");
  expectOneError(await runner.run("summary"), "The input results is not set");
});

test("no builder in PATH", async () => {
  const run = await runner.run("build", {}, { env: { PATH: "/nowhere" } });
  expectOneError(run, "No container builder works on this machine.", "Make one of them work");
});

test("no QEMU, and nothing to install it with", async () => {
  const inputs = { gvmi: image.path, runtime: "system" };
  const run = await runner.run("test", inputs, { env: { PATH: "/nowhere" } });
  expectOneError(run, "qemu-system-x86_64");
});

test.each([
  ["darwin", "arm64", "macOS on arm64"],
  ["win32", "x64", "Windows on x86-64"],
  ["linux", "arm64", "Linux on arm64"],
])("a runner that has %s on %s", async (platform, arch, name) => {
  // What a real one does apart from this cannot be tried here.
  const preload = join(directory, `${platform}-${arch}.cjs`);
  const values = [`platform: { value: "${platform}" }`, `arch: { value: "${arch}" }`];
  writeFileSync(preload, `Object.defineProperties(process, { ${values.join(", ")} });`);
  const run = await runner.run(
    "test",
    { gvmi: image.path },
    { nodeArguments: [`--require=${preload}`] },
  );
  expectOneError(
    run,
    `Images are booted on Linux on x86-64, and this runner has ${name}.`,
    "ubuntu-24.04",
  );
});

const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot("a full disk (needs root, to mount one)", async () => {
  const disk = join(directory, "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
  try {
    const whole = Buffer.alloc(64 * 1024);
    expect(() => writeFileSync(join(disk, "filler"), whole)).toThrow("ENOSPC");
    const run = await runner.run("publish", { gvmi: image.path, to: `directory:${disk}` });
    expectOneError(run, "no space left on device", "The disk is full. Free some space");
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("a secret given twice, which no message shows", async () => {
  const inputs = { "build-secrets": "npm=s3cret", "build-secret-files": "npm=Dockerfile" };
  const run = await runner.run("build", inputs);
  expectOneError(run, "The build secret npm is in both");
  expect(run.log.replaceAll("::add-mask::s3cret", "")).not.toContain("s3cret");
});

test("a file that is no .gvmi", async () => {
  const run = await runner.run("publish", { gvmi: "Dockerfile", to: "directory:public" });
  expectOneError(run, "Dockerfile");
});

test("neither a boolean nor a switch", async () => {
  expectOneError(
    await runner.run("convert", { image: "x.tar", cache: "yes" }),
    'The input cache is "yes", expected true or false.',
  );
  expectOneError(await runner.run("lint", { summary: "perhaps" }), "The input summary is");
});

test("a fork's pull request is not published to where that needs a secret", async () => {
  const event = join(directory, "event.json");
  const head = { repo: { full_name: "mallory/images" } };
  writeFileSync(event, JSON.stringify({ pull_request: { number: 3, head } }));
  const env = { GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: "alice/images" };
  const inputs = { gvmi: image.path, to: "registry", optional: "true" };
  const run = await runner.run("publish", inputs, { env });
  expect(run).toMatchObject({ exitCode: 0, outputs: {} });
  expect(run.annotations).toMatchObject([
    { level: "notice", message: expect.stringContaining("a pull request of a fork") },
  ]);
});

test("findings that fail the run are annotated at their lines, and so is the end", async () => {
  mkdirSync(join(runner.workspace, "strict"), { recursive: true });
  writeFileSync(join(runner.workspace, "strict/Dockerfile"), "FROM debian\nCMD echo hi\n");
  const run = await runner.run("lint", { context: "strict", "fail-on": "warning" });
  expect(run.exitCode).toBe(1);
  expect(run.annotations.at(-1)).toMatchObject({
    level: "error",
    message: expect.stringContaining("findings of severity warning or above fail the run"),
  });
  expect(run.annotations[0]?.properties).toMatch(/^file=strict\/Dockerfile,line=\d,col=\d+,/);
  expect(run.outputs["lint-sarif"]).toContain(runner.temporary);
  expect(run.summary).toContain("## ❌ Golem image: lint failed");
});

test("a bug shows where it is, and asks to be reported", async () => {
  const preload = join(directory, "bug.cjs");
  const broken = 'require("node:fs/promises").mkdtemp = () => { throw new TypeError("broken"); };';
  writeFileSync(preload, broken);
  const run = await runner.run("lint", {}, { nodeArguments: [`--require=${preload}`] });
  expect(run.exitCode).toBe(1);
  expect(run.annotations).toMatchObject([
    { level: "error", message: expect.stringContaining("This is a bug in golem-image") },
  ]);
  expect(run.log).toMatch(/^TypeError: broken\n +at /m);
});
