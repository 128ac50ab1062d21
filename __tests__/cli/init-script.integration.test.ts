// Needs nothing but Node; runs the bundled program.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertArchive } from "../../src/pipeline/convert.ts";
import { directory as folder, ociArchive, plain } from "../support/archives.ts";
import { buildCli, type CliOptions, type CliResult } from "../support/cli.ts";

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let directory: string;

const COMMAND = `["/bin/sh", "-c", "export A='b c'; exec serve --all"]`;

beforeAll(async () => {
  golemImage = await buildCli();
  directory = realpathSync(mkdtempSync(join(tmpdir(), "init-script-")));
  mkdirSync(join(directory, "context"));
  writeFileSync(
    join(directory, "context/Dockerfile"),
    'FROM debian AS other\nCMD other\nFROM debian\nENV A="b c"\nCMD ["serve", "--all"]\n',
  );
  const config = { Env: ["A=b c"], Cmd: ["serve", "--all"] };
  const source = join(directory, "image.tar");
  writeFileSync(source, ociArchive([plain([folder("etc/")])], { config }));
  await convertArchive({ source, output: join(directory, "image.gvmi") });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const run = (...args: string[]) => golemImage(["init-script", ...args], { cwd: directory });

test.each([
  ["a context", "context"],
  ["a Dockerfile", "context/Dockerfile"],
  ["an archive", "image.tar"],
  ["an archive by its form", "oci-archive:image.tar"],
  ["a .gvmi", "image.gvmi"],
])("%s gives the command", async (_, source) => {
  const { exitCode, stdout, stderr } = await run(source, "--for", "dapp-runner");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toContain(`      - ${COMMAND}\n`);
});

test("all forms are printed one after the other, or as one JSON object", async () => {
  const { stdout } = await run("context");
  expect([...stdout.matchAll(/^----- (.+) -----$/gm)].map(([, form]) => form)).toEqual([
    "dapp-runner",
    "golem-js",
    "yapapi",
    "env",
    "sh",
  ]);
  const forms = JSON.parse((await run("context", "--json")).stdout);
  expect(forms.env).toMatch(/^A='b c'$/m);
  for (const text of Object.values(forms)) expect(stdout).toContain(String(text).trimEnd());
});

test("another stage can be asked for", async () => {
  const { stdout } = await run("context", "--target", "other", "--for", "sh");
  expect(stdout).toContain("exec /bin/sh -c other\n");
});

test.each([
  [["missing"], 2, "docker:missing"],
  [["context", "--for", "everyone"], 2, "Allowed choices"],
])("%j is refused", async (args, code, text) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
  expect(stderr).toContain(text);
});
