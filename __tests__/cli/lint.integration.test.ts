// Needs python3, to read XML with a parser of others.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOSTILE_TEXTS } from "../lint/findings.ts";
import { buildCli, type CliOptions, type CliResult } from "../support/cli.ts";

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let directory: string;

beforeAll(async () => {
  golemImage = await buildCli();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "lint, ")));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const DOCKERFILE = "FROM scratch\nENV A=1\nVOLUME /dev\n";

function context(name: string, dockerfile: string): string {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, "Dockerfile"), dockerfile);
  return name;
}

const run = (...args: string[]) => golemImage(args, { cwd: directory });

describe("reports", () => {
  test("all formats come of one run, and the exit code tells of the findings", async () => {
    const formats = ["sarif", "json", "checkstyle", "github"];
    const { exitCode, stdout, stderr } = await run(
      ...["lint", context("all", DOCKERFILE), "--format", "text"],
      ...formats.flatMap((format) => ["--format", `${format}=new/lint.${format}`]),
    );
    expect(exitCode).toBe(10);
    expect(stderr).toMatch(/^error: Lint found 1 error/);
    expect(stdout).toMatch(/^all\/Dockerfile:2:1: warning GVM003: /);
    const report = (format: string) =>
      readFileSync(join(directory, "new", `lint.${format}`), "utf8");
    const { version, findings } = JSON.parse(report("json"));
    expect(version).toBe(1);
    const rules = findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(expect.arrayContaining(["GVM003", "GVM010"]));
    const [sarif] = JSON.parse(report("sarif")).runs;
    expect(sarif.results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(rules);
    expect(sarif.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      "all/Dockerfile",
    );
    expect(report("github").trimEnd().split("\n")).toHaveLength(findings.length);
    expect(report("checkstyle").match(/<error /g)).toHaveLength(findings.length);
  });

  test("--json and --format json print the same, and nothing else", async () => {
    const name = context("json", DOCKERFILE);
    const [first, second] = await Promise.all([
      run("lint", name, "--json", "--fail-on", "never"),
      run("lint", name, "--format", "json", "--fail-on", "never"),
    ]);
    expect(first).toEqual(second);
    expect(JSON.parse(first.stdout).findings.length).toBeGreaterThan(0);
  });

  test("the Dockerfile can be named as builders do, and as the settings do, once", async () => {
    context("named", DOCKERFILE);
    const named = ["named/Dockerfile", "--format", "json"];
    const [short, long] = [
      await run("lint", "-f", ...named),
      await run("lint", "--dockerfile", ...named),
    ];
    expect(JSON.parse(long.stdout).findings[0]).toMatchObject({ file: "named/Dockerfile" });
    expect(long).toEqual(short);
    expect((await run("lint", "--file", "a", "--dockerfile", "b")).exitCode).toBe(2);
  });

  test("a failure before there are findings is JSON, too", async () => {
    const { exitCode, stdout } = await run("lint", "missing", "--format", "json");
    expect(exitCode).toBe(11);
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "build", exitCode: 11 } });
  });

  test("run writes them, too, though what it finds keeps it from building", async () => {
    const files = ["sarif=new/run.sarif", "json=new/run.json"];
    const { exitCode, stdout } = await run(
      ...["run", context("whole", DOCKERFILE), ...files.flatMap((file) => ["--lint-report", file])],
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 10, stdout: "" });
    const read = (name: string) => JSON.parse(readFileSync(join(directory, "new", name), "utf8"));
    const rules = read("run.json").findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(expect.arrayContaining(["GVM003", "GVM010"]));
    expect(read("run.sarif").runs[0].results).toHaveLength(rules.length);
  });

  test("run has no place on stdout for them", async () => {
    const { exitCode, stderr } = await run("run", "whole", "--lint-report", "sarif");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--lint-report sarif=FILE");
  });

  test("two reports on stdout are refused", async () => {
    const { exitCode, stdout } = await run("lint", "--format", "text", "--format", "sarif");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });

  test("whatever a Dockerfile says, annotations are lines and Checkstyle's XML can be read", async () => {
    const lines = HOSTILE_TEXTS.map(
      (text) => `VOLUME ${JSON.stringify([text.replaceAll("\0", "")])}`,
    );
    const { exitCode, stdout } = await run(
      ...["lint", context("hostile", `FROM scratch\n${lines.join("\n")}\n`), "--fail-on", "never"],
      ...["--format", "github", "--format", "checkstyle=hostile.xml"],
    );
    expect(exitCode).toBe(0);
    const annotations = stdout.trimEnd().split("\n");
    for (const line of annotations) {
      expect(line).toMatch(/^::(error|warning|notice) file=hostile\/Dockerfile,/);
    }
    const script = `
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(root.tag, [file.get("name") for file in root], len(root.findall("file/error")))`;
    expect(
      execFileSync("python3", ["-c", script, join(directory, "hostile.xml")], { encoding: "utf8" }),
    ).toBe(`checkstyle ['hostile/Dockerfile'] ${annotations.length}\n`);
  });
});

test("no other program is needed for a Dockerfile", async () => {
  const args = ["lint", context("alone", DOCKERFILE), "--json", "--fail-on", "never"];
  const alone = await golemImage(args, { cwd: directory, env: { PATH: "", HOME: directory } });
  expect(alone).toEqual(await run(...args));
  expect(alone.exitCode).toBe(0);
});

describe("--fix", () => {
  test("leaves a Dockerfile alone that has nothing to fix, and says so", async () => {
    const name = context("whole", "FROM scratch\r\nVOLUME /golem/work\r\n");
    const before = statSync(join(directory, name, "Dockerfile")).mtimeMs;
    const { exitCode, stderr } = await run("lint", name, "--fix");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "fixed 0 of the findings in whole/Dockerfile\n",
    });
    expect(statSync(join(directory, name, "Dockerfile")).mtimeMs).toBe(before);
  });
});

describe("explain", () => {
  test.each([["GVM008"], ["gvm008"], ["missing-working-directory"]])(
    "%s prints the page that docs/rules has",
    async (rule) => {
      const { exitCode, stdout } = await run("explain", rule);
      expect(exitCode).toBe(0);
      expect(stdout).toBe(readFileSync(join(__dirname, "../../docs/rules/GVM008.md"), "utf8"));
    },
  );

  test("lists all rules, one a line", async () => {
    const { stdout } = await run("explain");
    const pages = readFileSync(join(__dirname, "../../docs/rules/README.md"), "utf8");
    const ids = [...pages.matchAll(/^\| \[(GVM\d+)\]/gm)].map(([, id]) => id);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => line.slice(0, 6)),
    ).toEqual(ids);
    const listed = JSON.parse((await run("explain", "--json")).stdout).rules;
    expect(listed.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  test("says what was meant instead of a rule that does not exist", async () => {
    const { exitCode, stderr } = await run("explain", "no-volumes");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Did you mean no-volume?");
  });
});
