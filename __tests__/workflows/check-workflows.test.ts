import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** Checks files, or all of the repository, on a machine that has Node and neither Go nor Python. */
function check(...files: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/check-workflows.mjs", ...files],
    { encoding: "utf8", env: { PATH: directory, GOLEM_IMAGE_CACHE: directory } },
  );
  return { status, stdout, stderr };
}

async function checkText(name: string, text: string) {
  const file = join(directory, name);
  await writeFile(file, text);
  return check(file);
}

const WORKFLOW = `on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: org/golem-image-action@v1
`;

describe("scripts/check-workflows.mjs", () => {
  it("finds nothing in this repository, and says what could not be checked", () => {
    expect(check()).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /^not checked with actionlint: there is no Go .*\nnot checked with zizmor: there is no Python .*\n\d+ workflows and actions: no findings\n$/,
      ),
      stderr: "",
    });
  });

  it("counts the workflows of the documentation", async () => {
    const prose = (yaml: string) => `# Title\n\n\`\`\`yaml\n${yaml}\`\`\`\n`;
    const settings = prose("vm:\n  memory: 512 MiB\n");
    const { stdout } = await checkText(
      "page.md",
      settings + prose(WORKFLOW) + prose("- uses: a/b@v1\n"),
    );
    expect(stdout).toMatch(/\n2 workflows and actions: no findings\n$/);
  });

  it.each([
    [
      "workflow.yml",
      WORKFLOW.replace("runs-on", "run-on"),
      /workflow\.yml: .*should have required property 'runs-on'/,
    ],
    [
      "workflow.yml",
      `${WORKFLOW}permisions: {}\n`,
      /workflow\.yml: \/ should NOT have additional properties/,
    ],
    ["workflow.yml", `${WORKFLOW}on: [pull_request]\n`, /workflow\.yml: Map keys must be unique/],
    [
      "action.yml",
      "name: x\ndescription: y\nruns: {using: node24}\n",
      /action\.yml: .*should have required property 'main'/,
    ],
    [
      "page.md",
      `\`\`\`yaml\n${WORKFLOW.replace("push", "pushed")}\`\`\`\n`,
      /page\.md:2: .*should be equal to one of the allowed values/,
    ],
  ])("refuses a fault in %s", async (name, text, fault) => {
    const { status, stderr } = await checkText(name, text);
    expect(status).toBe(1);
    expect(stderr).toMatch(fault);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
