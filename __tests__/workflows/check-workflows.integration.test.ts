// Needs Go and Python, or what is installed with them in the cache: actionlint and zizmor.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

let directory = "";
const hasTools = !/^not checked/m.test(check().stdout);
const itWithTools = hasTools ? it : it.skip;
const reason = hasTools ? "" : " (skipped: there is no actionlint or no zizmor)";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-"));
});

afterAll(() => rm(directory, { recursive: true }));

function check(...files: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/check-workflows.mjs", ...files],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

const workflow = (step: string) => `name: Image
on: push
permissions: {}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      ${step}
`;

describe("actionlint and zizmor", () => {
  itWithTools(`find nothing in this repository${reason}`, () => {
    expect(check()).toMatchObject({ status: 0, stderr: "" });
  });

  itWithTools.each([
    [
      "an input that the action at the root does not have",
      "- {uses: org/golem-image-action@v1, with: {profil: v0.5}}",
      'input "profil" is not defined in action "Golem image"',
    ],
    [
      "an input that a stage does not have",
      "- {uses: $/convert, with: {memory: 512 MiB}}",
      'input "memory" is not defined in action "Golem image: convert"',
    ],
    ["an action by its tag", "- uses: actions/checkout@v7", "unpinned-uses"],
    [
      "a text of strangers in a script",
      `- run: echo \${{ github.event.pull_request.title }}`,
      "template-injection",
    ],
  ])(`find %s${reason}`, async (_, step, finding) => {
    const file = join(directory, "faulty.yml");
    await writeFile(file, workflow(step));
    const { status, stderr } = check(file);
    expect(status).toBe(1);
    expect(stderr).toContain(finding);
    expect(stderr).toContain(file);
  });
});
