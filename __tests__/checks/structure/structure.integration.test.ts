// Needs QEMU, a kernel with 9p, and busybox-static. Boots two VMs: docs/structure-tests.md names the tests here.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestResult } from "../../../src/checks/test-result.ts";
import { testImage } from "../../../src/pipeline/test-image.ts";
import { entry, fileEntry } from "../../support/entries.ts";
import { makeTestImage, type TestImage, testingInput } from "../../support/test-image.ts";

let image: TestImage;
const results = new Map<string, TestResult>();
const strict = new Map<string, TestResult>();
let boots = 0;

const FILE = `
schemaVersion: "2.0.0"
globalEnvVars:
  - { key: GLOBAL, value: everywhere }
  - { key: GLOBAL_DIRECTORY, value: /etc }
  - { key: NUMBER, value: 1.10 }
  - { key: PATH, value: "/opt/tools:$PATH" }
containerRunOptions: { user: nobody, privileged: true, capabilities: [NET_ADMIN] }
commandTests:
  - { name: exec form, command: /bin/echo, args: ["a b", "$(x)"], expectedOutput: ["^a b \\\\$\\\\(x\\\\)\\n$"] }
  - { name: searched, command: echo, args: [found], expectedOutput: [found] }
  - { name: in a global PATH, command: tool, args: [$PATH], expectedOutput: ["^/opt/tools:/usr/bin:/bin\\n$"] }
  - { name: not found, command: no-such-program }
  - { name: missing, command: /no/such/program }
  - { name: exit code, command: /bin/sh, args: [-c, exit 3], exitCode: 3 }
  - { name: wrong exit code, command: /bin/false }
  - name: streams
    command: /bin/sh
    args: [-c, "echo out; echo err >&2"]
    expectedOutput: ["^out\\n$", o.t]
    excludedOutput: [err]
    expectedError: [^err]
    excludedError: [out, "o\\nu"]
  - { name: excluded, command: /bin/echo, args: [bad], excludedOutput: [b.d] }
  - { name: unanchored, command: /bin/echo, args: [one two], expectedOutput: [two] }
  - { name: case, command: /bin/echo, args: [ONE], expectedOutput: [one] }
  - { name: untrimmed, command: /bin/echo, args: [x], expectedOutput: [^x$] }
  - { name: variables, command: /bin/sh, args: [-c, "echo $0 \\"$GLOBAL\\" $NUMBER $OWN $UNKNOWN.", zero], envVars: [{ key: OWN, value: "it's mine" }], expectedOutput: ["^everywhere 1.10 \\\\.\\n$"] }
  - { name: environment, command: /bin/sh, args: [-c, "env | grep -E '^(GLOBAL|NUMBER|OWN)=' | sort"], envVars: [{ key: OWN, value: "it's mine" }], expectedOutput: ["^GLOBAL=everywhere\\nNUMBER=1.10\\nOWN=it's mine\\n$"] }
  - { name: needs ENV, command: /bin/sh, args: [-c, 'test "\${FROM_IMAGE-}" = yes || env | grep FROM_IMAGE=yes'] }
  - { name: expands ENV, command: /bin/echo, args: ["$FROM_IMAGE"], expectedOutput: ["^yes\\n"] }
  - name: setup
    setup: [[/bin/touch, /srv/sticky/made], [false]]
    command: ls
    args: [/srv/sticky/made]
    teardown: [[rm, /srv/sticky/made]]
    expectedOutput: [/srv/sticky/made]
  - { name: no setup, setup: [[no-such-setup], [/bin/touch, /srv/sticky/made]], command: /bin/true }
  - { name: own variable in setup, envVars: [{ key: OWN, value: $GLOBAL }], setup: [[/bin/sh, -c, 'echo $OWN > /srv/sticky/made']], command: /bin/sh, args: [-c, 'cat /srv/sticky/made; env'], expectedOutput: ["^everywhere\\n", '\\nOWN=\\$GLOBAL\\n'] }
  - { name: odd variable, command: /bin/env, envVars: [{ key: a.b-c, value: odd }, { key: UID, value: "7" }], expectedOutput: ["(?m)^a.b-c=odd$", "(?m)^UID=7$"] }
  - { name: fresh, command: ls, args: [/srv/sticky/made], exitCode: 1, expectedError: [No such file] }
  - { name: user, command: id, args: [-u], expectedOutput: ["^65534\\n"] }
fileContentTests:
  - { name: content, path: /etc/app.conf, expectedContents: ["^mode=fast\\n", "level=\\\\d$"], excludedContents: [slow] }
  - { name: content by link, path: /etc/link.conf, expectedContents: [fast] }
  - { name: wrong content, path: /etc/app.conf, expectedContents: [slow], excludedContents: [fast] }
  - { name: content of a directory, path: /etc, expectedContents: [x] }
  - { name: content in a volume, path: /data/seed, expectedContents: [seed] }
  - { name: content in a volume at rest, path: /data/seed, expectedContents: [seed], at: rest }
  - { name: written at boot, path: /etc/resolv.conf, expectedContents: [10.0.0.1] }
fileExistenceTests:
  - { name: file, path: /etc/app.conf, shouldExist: true, permissions: -rw-r-----, uid: 5, gid: 6 }
  - { name: by a variable, path: $GLOBAL_DIRECTORY/app.conf, uid: -1 }
  - { name: directory, path: /srv/sticky, permissions: dtrwxrwxrwx, isExecutableBy: any }
  - { name: setuid, path: /srv/setuid, permissions: urwxr-xr-x, isExecutableBy: other }
  - { name: link, path: /etc/link.conf, permissions: Lrwxrwxrwx }
  - { name: without slash, path: etc/app.conf }
  - { name: absent, path: /none, shouldExist: no }
  - { name: absent but there, path: /etc/app.conf, shouldExist: false }
  - { name: wrong mode, path: /etc/app.conf, permissions: -rw-r--r--, uid: 0, gid: 0, isExecutableBy: owner }
  - { name: in /tmp, path: /tmp/kept }
  - { name: in a volume, path: /data/seed }
  - { name: at rest, path: /data/seed, at: rest }
licenseTests:
  - { debian: true, files: [/etc/app.conf] }
  - { files: [/srv/bad-licence] }
metadataTest:
  envVars: [{ key: FROM_IMAGE, value: yes }, { key: PATH, value: ^/usr, isRegex: true }]
  unboundEnvVars: [{ key: NOT_THERE }]
  labels: [{ key: vendor, value: "^[A-Z]", isRegex: true }]
  entrypoint: [/bin/app]
  cmd: []
  workdir: /
  exposedPorts: ["80", 53/udp]
  unexposedPorts: [443]
  volumes: [/data]
  unmountedVolumes: [/other]
`;

beforeAll(async () => {
  image = await makeTestImage(
    [
      entry("data"),
      fileEntry("data/seed", "seed\n"),
      entry("etc"),
      fileEntry("etc/app.conf", "mode=fast\nlevel=3", { mode: 0o640, uid: 5, gid: 6 }),
      entry("etc/link.conf", { type: "symlink", linkTarget: "app.conf", mode: 0o777 }),
      fileEntry("etc/passwd", "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"),
      fileEntry("etc/resolv.conf", "nameserver 10.0.0.1\n"),
      entry("opt"),
      entry("opt/tools"),
      fileEntry("opt/tools/tool", '#!/bin/sh\necho "$@"\n', { mode: 0o755 }),
      entry("srv"),
      fileEntry("srv/bad-licence", "License: AGPL-3\n"),
      fileEntry("srv/setuid", "x", { mode: 0o4755 }),
      entry("srv/sticky", { mode: 0o1777 }),
      ...["usr", "usr/share", "usr/share/doc", "usr/share/doc/app"].map((path) => entry(path)),
      fileEntry("usr/share/doc/app/copyright", "MIT"),
      entry("tmp"),
      fileEntry("tmp/kept", "x"),
    ],
    {
      Env: ["PATH=/usr/bin:/bin", "FROM_IMAGE=yes"],
      Entrypoint: ["/bin/app"],
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
      Labels: { vendor: "Someone" },
      Volumes: { "/data": {} },
    },
  );
  const file = join(image.directory, "structure.yaml");
  await writeFile(file, FILE);
  for (const [compatibility, into] of [
    ["golem", results],
    ["strict", strict],
  ] as const) {
    const input = testingInput(image.path);
    // Where / is closed to others than root, another user can start nothing.
    const profile = compatibility === "golem" ? "documented" : "v0.5";
    const { profiles } = await testImage({
      ...input,
      vm: { ...input.vm, profile },
      testFiles: [file],
      compatibility,
    });
    const [result] = profiles;
    if (compatibility === "golem") {
      boots = result?.timeline.filter(({ kind }) => kind === "boot").length ?? 0;
    }
    expect(result?.failure).toBeNull();
    for (const test of result?.tests ?? []) into.set(test.name, test);
  }
});

afterAll(() => image?.remove());

const byVerdict = (tests: ReadonlyMap<string, TestResult>, verdict: string) =>
  [...tests.values()].filter((test) => test.verdict === verdict).map(({ name }) => name);

test("the verdicts are the original's, but for what Golem does otherwise", () => {
  expect(byVerdict(results, "failed")).toEqual([
    "not found",
    "missing",
    "wrong exit code",
    "excluded",
    "case",
    "untrimmed",
    "needs ENV",
    "no setup",
    "user",
    "wrong content",
    "content of a directory",
    "content in a volume",
    "written at boot",
    "absent but there",
    "wrong mode",
    "in /tmp",
    "in a volume",
    "licences 2",
  ]);
  expect(results.size).toBe(
    byVerdict(results, "failed").length + byVerdict(results, "passed").length,
  );
});

test("compat: strict gives commands the image's ENV and the user of containerRunOptions", () => {
  const golem = byVerdict(results, "failed");
  expect(byVerdict(strict, "failed")).toEqual(
    golem.filter((name) => name !== "needs ENV" && name !== "user"),
  );
});

test.each([
  ["needs ENV", "GVM003", "With the image's ENV (FROM_IMAGE) the test passes"],
  ["content in a volume", "GVM007", "the VOLUME /data hides"],
  ["in a volume", "GVM007", "the VOLUME /data hides"],
  ["in /tmp", "GVM012", "mounts a file system of its own there"],
  ["written at boot", undefined, "writes /etc/resolv.conf anew"],
  ["user", "GVM021", "user, privileged, capabilities of containerRunOptions have no meaning"],
  ["metadata", "GVM002", "where nothing starts by itself"],
])("what cannot hold on Golem is explained: %s", (name, rule, text) => {
  const { explanation } = results.get(name) ?? {};
  expect(explanation?.rule).toBe(rule);
  expect(explanation?.text).toContain(text);
});

test("a program that was searched for is told, with the path that a requestor has to give", () => {
  expect(results.get("searched")?.explanation?.text).toContain(
    "echo was searched for as a container's runtime does; on Golem a requestor has to give /bin/echo.",
  );
});

test.each([
  ["not found", "cannot start the command: no-such-program is in none of the directories of PATH"],
  ["missing", "cannot start the command: the VM has no /no/such/program"],
  ["wrong exit code", "exit code 1, expected 0"],
  ["excluded", "stdout matches /b.d/, which is excluded"],
  ["untrimmed", 'stdout does not match /^x$/; it is "x\\n"'],
  ["content of a directory", "/etc is a directory"],
  [
    "wrong mode",
    "/etc/app.conf has the mode -rw-r-----, expected -rw-r--r--; /etc/app.conf belongs to the user 5, expected 0; /etc/app.conf belongs to the group 6, expected 0; /etc/app.conf is not executable by owner; its mode is -rw-r-----",
  ],
  ["absent but there", "/etc/app.conf exists, and should not"],
  ["licences 2", "/srv/bad-licence has a licence that is refused: AGPL"],
])("a failure says what was found: %s", (name, message) => {
  expect(results.get(name)?.message).toContain(message);
});

test("setup commands' exit codes are told, and do not fail the test", () => {
  const { steps, verdict } = results.get("setup") ?? {};
  expect(verdict).toBe("passed");
  expect(steps?.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ["setup 1", 0],
    ["setup 2", 1],
    [undefined, 0],
    ["teardown 1", 0],
  ]);
});

test("a setup command that cannot start fails the test, as in the original", () => {
  const { steps, message } = results.get("no setup") ?? {};
  expect(message).toContain("setup 1: cannot start the command: no-such-setup is in none of");
  expect(steps).toHaveLength(1);
});

test("one boot serves the file, with resets only after what changes the VM", () => {
  expect(boots).toBe(1);
  expect(results.get("exec form")?.isolation).toBe("boot");
  expect(results.get("fresh")?.isolation).toBe("reset");
  expect(results.get("at rest")?.isolation).toBe("at-rest");
  expect(results.get("metadata")?.isolation).toBe("at-rest");
});

test("each test tells where it is written, and how to repeat it", () => {
  const line = FILE.split("\n").findIndex((text) => text.includes("name: streams")) + 1;
  const file = join(image.directory, "structure.yaml");
  const { source, repeatCommand, id } = results.get("streams") ?? {};
  expect(source).toEqual({ file, line });
  expect(id).toBe(`${file}#commandTests[7]`);
  expect(repeatCommand).toBe(
    `golem-image test ${image.path} --profile documented --tests ${file} --compat golem --only '^streams$'`,
  );
});
