// Needs QEMU, a kernel with 9p, busybox-static, and xmllint (libxml2-utils). Boots one VM.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import type { ProfileResult } from "../../src/pipeline/profile-result.ts";
import { resultJsonSchema } from "../../src/report/result-schema.ts";
import { buildCli, type CliOptions, type CliResult } from "../support/cli.ts";
import { makeTestImage, type TestImage } from "../support/test-image.ts";

const MIB = 1024 * 1024;
const FORMATS = ["json", "junit", "tap", "tap13", "github", "markdown", "html", "text"];

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let image: TestImage;

beforeAll(async () => {
  golemImage = await buildCli();
  image = await makeTestImage([], { Volumes: { "/golem/output": {} } });
});
afterAll(() => image.remove());

const run = (...args: string[]) => golemImage(args, { cwd: image.directory });

const report = (name: string) => readFileSync(join(image.directory, name), "utf8");

const TESTS = `
tests:
  - name: fills the overlay and a volume for a while
    run: |
      dd if=/dev/zero of=/large bs=1M count=40 2>/dev/null
      dd if=/dev/zero of=/golem/output/large bs=1M count=12 2>/dev/null
      sleep 3
      rm /large
  - name: fails with <b>"text"</b>
    run: printf '</pre>::error::\\033[31mred\\n'; exit 3
  - name: "two\\n::warning::lines"
    run: exit 4
`;

describe("of one run", () => {
  let result: CliResult;
  let profile: ProfileResult;

  beforeAll(async () => {
    writeFileSync(join(image.directory, "golem-image.yml"), TESTS);
    result = await run(
      ...["test", "image.gvmi", "--storage", "64MiB", "--report", "tap"],
      ...FORMATS.flatMap((format) => ["--report", `${format}=new/report.${format}`]),
    );
    profile = JSON.parse(report("new/report.json")).profiles[0];
  });

  test("all reports that are asked for are written, though a test has failed", () => {
    expect(result.exitCode).toBe(17);
    expect(readdirSync(join(image.directory, "new")).sort()).toEqual(
      FORMATS.map((format) => `report.${format}`).sort(),
    );
    expect(result.stdout).toBe(report("new/report.tap"));
    expect(report("new/report.tap")).toMatch(/^TAP version 14\n1\.\.3\nok 1 - /);
    expect(report("new/report.tap13")).toMatch(/^TAP version 13\n1\.\.3\nok 1 - /);
    expect(report("new/report.markdown")).toContain("1 of 3 passed, **2 failed**");
    expect(report("new/report.github")).toMatch(
      /^::error file=golem-image\.yml,line=9,title=fails with <b>"text"<\/b> \([^)]*\)::exit code 3[^\n]*\n::error [^\n]*\n$/,
    );
    expect(report("new/report.text")).toContain('FAIL   fails with <b>"text"</b>');
    expect(report("new/report.html")).toContain("fails with &#60;b&#62;");
    expect(report("new/report.html")).toContain('<section id="size">');
  });

  test("the boot is told by its parts, which fill the time until the VM was ready", () => {
    const [boot] = profile.timeline;
    expect(boot?.phases?.map(({ name }) => name)).toEqual([
      "QEMU",
      "kernel, guest agent and first volume",
    ]);
    const sum = boot?.phases?.reduce((all, { durationMs }) => all + durationMs, 0) ?? 0;
    expect(Math.abs(sum - (profile.readyMs ?? 0))).toBeLessThan(50);
  });

  test("the failure names the command that repeats it, which repeats it", () => {
    const failed = profile.tests[1];
    expect(result.stderr).toContain(`repeat it: ${failed?.repeatCommand}`);
    const words = spawnSync("/bin/sh", ["-c", `printf '%s\\n' ${failed?.repeatCommand}`], {
      encoding: "utf8",
    });
    expect(words.stdout.trimEnd().split("\n")).toEqual([
      ...["golem-image", "test", "image.gvmi", "--profile", profile.profile],
      ...["--storage", "64MiB", "--only", '^fails with <b>"text"</b>$'],
    ]);
  });

  test("no line is a command to a runner that a test's name or a guest could have written", () => {
    expect(result.stderr).toContain("FAIL  two ::warning::lines");
    expect(result.stderr.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual(
      [],
    );
  });

  test("JUnit's report and the JSON report are valid", () => {
    const schema = join(__dirname, "../report/fixtures/junit-10.xsd");
    const file = join(image.directory, "new/report.junit");
    const xmllint = spawnSync("xmllint", ["--noout", "--schema", schema, file]);
    expect({ status: xmllint.status, stderr: String(xmllint.stderr).trim() }).toEqual({
      status: 0,
      stderr: `${file} validates`,
    });
    const validate = new Ajv({ unknownFormats: "ignore" }).compile(resultJsonSchema());
    validate(JSON.parse(report("new/report.json")));
    expect(validate.errors).toBeNull();
  });

  test("what was in use was looked at while a test ran, not only after it", () => {
    const { timeline, samples } = profile;
    const first = timeline.find(({ kind }) => kind === "test");
    if (!first) throw new Error("No test is in the timeline.");
    const during = samples.filter(
      ({ atMs }) => atMs > first.atMs && atMs < first.atMs + first.durationMs,
    );
    const most = (values: (number | null | undefined)[]) =>
      Math.max(...values.map((value) => value ?? 0));
    expect(most(during.map(({ overlay }) => overlay))).toBeGreaterThanOrEqual(40 * MIB);
    expect(most(during.map(({ volumes }) => volumes["/golem/output"]))).toBeGreaterThanOrEqual(
      12 * MIB,
    );
    expect(most(during.map(({ memory }) => memory))).toBeGreaterThan(40 * MIB);
  });
});

test.each([
  ["an unknown format", ["--report", "pdf"], /Expected text, json, junit/],
  ["no file", ["--report", "html="], /FORMAT=FILE/],
  ["two on stdout", ["--report", "tap", "--json"], /cannot share stdout/],
  ["two in one file", ["--report", "tap=a", "--report", "html=./a"], /cannot share \.\/a/],
])("%s is refused before anything runs", async (_, args, message) => {
  const { exitCode, stderr } = await run("test", "image.gvmi", ...args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) });
});

test("a report of `run` needs a file, since stdout is for all stages", async () => {
  const { exitCode, stderr } = await run("run", "--report", "junit");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining("--report junit=FILE"),
  });
});

test("a place where no report can be is an error before anything runs", async () => {
  const { exitCode, stderr } = await run("test", "image.gvmi", "--report", "html=/proc/x/r.html");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("/proc/x");
  expect(stderr).not.toContain("booted");
});
