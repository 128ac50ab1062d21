import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../../src/errors.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { SettingsFileError } from "../../src/settings/settings-file-error.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "settings-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function load(text: string | Uint8Array) {
  await writeFile(join(directory, "golem-image.yml"), text);
  return (await loadSettings(directory)).settings;
}

/** The problems of a wrong file as `line:column key: message`. */
async function problems(text: string | Uint8Array): Promise<string[]> {
  try {
    await load(text);
  } catch (error) {
    if (!(error instanceof SettingsFileError)) throw error;
    for (const { message } of error.problems) expect(error.message).toContain(message);
    return error.problems.map(
      ({ line, column, key, message }) => `${line}:${column} ${key}: ${message}`,
    );
  }
  throw new Error("the file was accepted");
}

describe("loadSettings", () => {
  test("has defaults for everything when there is no file", async () => {
    const context = join(directory, "my image!");
    await mkdir(context);
    const { settings, path } = await loadSettings(context);
    expect(path).toBeUndefined();
    expect(settings).toEqual({
      name: "my-image-",
      dockerfile: join(context, "Dockerfile"),
      build: { builder: "auto", args: {} },
      convert: { compression: "gzip", allowUnreadable: false, cache: true, limits: {} },
      vm: {
        runtime: { name: "auto" },
        memory: 256,
        cpus: 1,
        network: "none",
        accelerator: "auto",
        timeouts: { boot: 120_000, command: 60_000, total: 600_000 },
      },
      tests: [],
      testSources: [],
      testFiles: [],
      publish: { tags: [], onConflict: "fail", stallTimeout: 30_000 },
      lint: { ignore: [], severity: {}, failOn: "error", trusted: [] },
    });
  });

  test("reads every key", async () => {
    const settings = await load(`
name: hello
dockerfile: docker/Dockerfile
build:
  builder: buildah
  args: {VERSION: 1.10, DEBUG: true, TEXT: "a b"}
  target: final
  secrets: {npm: {env: NPM_TOKEN}, key: {file: keys/client.pem}}
  cacheFrom: [type=gha]
  cacheTo: ["type=gha,mode=max"]
convert: {output: out/hello.gvmi, maxSize: 300 MiB, maxSizePolicy: warn, compression: lzo, level: 9, allowUnreadable: true, modificationTimes: epoch, cache: false,
  limits: {uncompressed: 16 GiB, entries: 5, header: 2, metadata: 1 GiB}}
vm:
  runtime: {version: v0.5.1, sha256: "${"ab".repeat(32)}", path: runtimes/0.5.1}
  profile: v0.5
  memory: 1.5 GiB
  cpus: 2
  network: {outbound: [https://example.org]}
  accelerator: tcg
  kernel: {image: /boot/vmlinuz, modules: modules/6.1}
  timeouts: {boot: 90s, command: 1m30s, total: 500ms}
tests:
  - name: shell text
    run: ls -A /golem/input
    put: [{from: testdata/a.txt, to: /golem/input/a.txt}]
    expect:
      exitCode: 3
      stdout: '^$'
      stderr: [a, 'b+']
      files: [{path: /golem/output/x, contents: x}, {path: /y, exists: false}]
    get: [{from: /golem/output/x, to: results/x}]
    timeout: 30s
  - name: argv
    run: [/bin/echo, "-n"]
publish: {to: "directory:public", url: https://example.org/images, tags: a/b, onConflict: move, stallTimeout: 5s}
lint: {ignore: [GVM003], failOn: never, severity: {GVM002: info}, trusted: [debian]}
`);
    const at = (path: string) => join(directory, path);
    expect(settings).toEqual({
      name: "hello",
      dockerfile: at("docker/Dockerfile"),
      build: {
        builder: "buildah",
        args: { VERSION: "1.10", DEBUG: "true", TEXT: "a b" },
        target: "final",
        secrets: { npm: { env: "NPM_TOKEN" }, key: { file: at("keys/client.pem") } },
        cacheFrom: ["type=gha"],
        cacheTo: ["type=gha,mode=max"],
      },
      convert: {
        maxSize: 300,
        maxSizePolicy: "warn",
        output: at("out/hello.gvmi"),
        compression: "lzo",
        level: 9,
        allowUnreadable: true,
        modificationTimes: "epoch",
        cache: false,
        limits: { uncompressed: 16384, entries: 5, header: 2, metadata: 1024 },
      },
      vm: {
        runtime: {
          name: "ya-runtime-vm",
          version: "v0.5.1",
          sha256: "ab".repeat(32),
          path: at("runtimes/0.5.1"),
        },
        profile: "v0.5",
        memory: 1536,
        cpus: 2,
        network: {
          outbound: [
            { url: "https://example.org", protocol: "tcp", host: "example.org", port: 443 },
          ],
        },
        accelerator: "tcg",
        kernel: { image: "/boot/vmlinuz", modules: at("modules/6.1") },
        timeouts: { boot: 90_000, command: 90_000, total: 500 },
      },
      testSources: [
        { file: join(directory, "golem-image.yml"), line: 23 },
        { file: join(directory, "golem-image.yml"), line: 33 },
      ],
      testFiles: [],
      tests: [
        {
          name: "shell text",
          run: "ls -A /golem/input",
          put: [{ from: at("testdata/a.txt"), to: "/golem/input/a.txt" }],
          expect: {
            exitCode: 3,
            stdout: ["^$"],
            stderr: ["a", "b+"],
            files: [
              { path: "/golem/output/x", exists: true, contents: ["x"] },
              { path: "/y", exists: false, contents: [] },
            ],
          },
          get: [{ from: "/golem/output/x", to: at("results/x") }],
          timeout: 30_000,
        },
        {
          name: "argv",
          run: ["/bin/echo", "-n"],
          put: [],
          expect: { exitCode: 0, stdout: [], stderr: [], files: [] },
          get: [],
        },
      ],
      publish: {
        to: { kind: "directory", directory: at("public") },
        url: "https://example.org/images/",
        tags: ["a/b:latest"],
        onConflict: "move",
        stallTimeout: 5000,
      },
      lint: {
        ignore: ["GVM003"],
        severity: { GVM002: "info" },
        failOn: "never",
        trusted: ["debian"],
      },
    });
  });

  test.each(["", "\n# nothing\n", "---\n", "{}"])(
    "takes %j as a file without settings",
    async (text) => {
      expect((await load(text)).vm.memory).toBe(256);
    },
  );

  test("reads a file with a byte order mark and Windows line ends", async () => {
    const settings = await load("\uFEFFname: x\r\nvm:\r\n  cpus: 4\r\n");
    expect(settings).toMatchObject({ name: "x", vm: { cpus: 4 } });
  });

  test("resolves paths against an explicit file, but finds the Dockerfile in the context", async () => {
    const elsewhere = join(directory, "elsewhere");
    await mkdir(elsewhere);
    const file = join(elsewhere, "ci.yml");
    await writeFile(file, "convert: {output: x.gvmi}");
    const { settings, path } = await loadSettings(directory, file);
    expect(path).toBe(file);
    expect(settings.convert.output).toBe(join(elsewhere, "x.gvmi"));
    expect(settings.dockerfile).toBe(join(directory, "Dockerfile"));
  });

  test("refuses an explicit file that is missing", async () => {
    await expect(loadSettings(directory, join(directory, "absent.yml"))).rejects.toThrow(
      /absent\.yml does not exist/,
    );
  });

  test("expands aliases that a person would write", async () => {
    const settings = await load(
      "tests:\n- {name: a, run: &run [/bin/true]}\n- {name: b, run: *run}\n",
    );
    expect(settings.tests[1]?.run).toEqual(["/bin/true"]);
  });
});

test("of several profiles the first is the one for what boots a single VM", async () => {
  const { vm } = await load("vm: {profiles: [v0.5, v0.3]}");
  expect(vm).toMatchObject({ profile: "v0.5", profiles: ["v0.5", "v0.3"] });
});

describe("a wrong settings file", () => {
  test.each([
    ["vm:\n  memroy: 1 GiB\n", "2:3 vm.memroy: unknown key; did you mean memory?"],
    ["tests:\n- {name: a, run: x, exitcode: 1}", "2:21 tests[0].exitcode: unknown key; known are"],
    ["toString: 1", "1:1 toString: unknown key"],
    ["__proto__: {vm: 1}", "1:1 __proto__: unknown key"],
    ["a: 1\nname: x\nname: y", "3:1 : the key name occurs twice in one map"],
    ["build:\n  args:\n    A: 1\n    A: 2", "4:5 : the key A occurs twice"],
    ["vm: {memory: 512 MB}", '1:14 vm.memory: expected an amount of memory such as "512 MiB"'],
    ["vm: {memory: 0}", "1:14 vm.memory: expected an amount of memory"],
    ["vm: {cpus: 1.5}", "1:12 vm.cpus: expected a whole number from 1 to 255, got the number 1.5"],
    ["vm: {timeouts: {boot: 60}}", '1:23 vm.timeouts.boot: expected a duration such as "500ms"'],
    ["vm: {profile: v0.6}", "1:15 vm.profile: expected one of documented, v0.3, v0.4, v0.5, got"],
    ["vm: {profiles: [v0.4, v0.6]}", "1:23 vm.profiles[1]: expected one of documented, v0.3"],
    ["vm: {profiles: []}", "1:16 vm.profiles: expected a list of profiles, such as [v0.4, v0.5]"],
    ["vm: {profiles: [v0.4, v0.4]}", "1:16 vm.profiles: names one twice"],
    ["vm: {profiles: [v0.4], profile: v0.5}", "1:16 vm.profiles: profile is given, too"],
    ["vm: {storage: 1 PiB}", '1:15 vm.storage: expected an amount of memory such as "512 MiB"'],
    ["vm: {storage: 16385 GiB}", "1:15 vm.storage: must not be more than 16777216 MiB"],
    ["vm: {outputLimit: 1 GiB}", "1:19 vm.outputLimit: must not be more than 256 MiB"],
    [
      "vm: {runtime: sytsem}",
      '1:15 vm.runtime: expected one of auto, system, ya-runtime-vm, or a map of keys, got "sytsem"',
    ],
    [
      "vm: {runtime: {name: sytsem}}",
      '1:22 vm.runtime.name: expected one of auto, system, ya-runtime-vm, got "sytsem"; did you mean system?',
    ],
    [
      "vm: {runtime: {versoin: v0.5.2}}",
      "1:16 vm.runtime.versoin: unknown key; did you mean version?",
    ],
    [
      "vm: {runtime: {sha256: 12}}",
      "1:24 vm.runtime.sha256: expected 64 hexadecimal digits, got the number 12",
    ],
    [
      "build: {builder: bulidx}",
      '1:18 build.builder: expected one of auto, buildx, docker, buildah, got "bulidx"; did you mean buildx?',
    ],
    [
      "convert: {compression: zstd}",
      "1:24 convert.compression: the kernel of Golem's providers does not read zstd",
    ],
    ["convert: {compression: xz, level: 3}", "1:35 convert.level: only gzip and lzo have levels"],
    ["build:\n", "1:7 build: has no value; give it one or remove the key"],
    ["build: {args: {A: }}", "1:19 build.args.A: has no value"],
    ["build: {args: {A-B: 1}}", "1:16 build.args.A-B: expected the name of a build argument"],
    ["build: []", "1:8 build: expected a map of keys, got a list"],
    ["- a", "1:1 : expected a map of keys, got a list"],
    ["hello", '1:1 : expected a map of keys, got "hello"'],
    ["name: ../x", "1:7 name: expected letters, digits"],
    ["tests: {a: b}", "1:8 tests: expected a list of tests, got a map"],
    ["tests:\n- run: x", "2:3 tests[0].name: is missing"],
    ["tests: [{name: a, run: [ls]}]", "1:24 tests[0].run: expected shell text, or a list"],
    ["tests: [{name: a, run: []}]", "1:24 tests[0].run: expected shell text, or a list"],
    ['tests: [{name: a, run: "x\\0y"}]', "1:24 tests[0].run: "],
    [
      "tests: [{name: a, run: x}, {name: a, run: y}]",
      "1:35 tests[1].name: tests[0] has this name, too",
    ],
    [
      "tests: [{name: a, run: x, put: [{from: a, to: b}]}]",
      "1:47 tests[0].put[0].to: expected an absolute path in the VM",
    ],
    [
      "tests: [{name: a, run: x, expect: {exitCode: '0'}}]",
      "1:46 tests[0].expect.exitCode: expected a whole number from 0 to 255",
    ],
    [
      "tests: [{name: a, run: x, expect: {stdout: 42}}]",
      "1:44 tests[0].expect.stdout: expected a regular expression in quotes",
    ],
    [
      "tests:\n- name: a\n  run: x\n  expect:\n    stdout: '(a'",
      '5:13 tests[0].expect.stdout: "(a" is not a regular expression',
    ],
    [
      "tests:\n- name: a\n  run: x\n  expect:\n    stdout: [a, '(?=b)']",
      "5:17 tests[0].expect.stdout[1]: ",
    ],
    [
      "publish: {to: ftp}",
      '1:15 publish.to: "ftp" is not a place to publish to. Write one of: directory:DIR',
    ],
    ["publish: {tags: [a/b, ../x]}", '1:23 publish.tags[1]: "../x" is not the name of an image'],
    ["publish: {url: 'file:///x'}", "1:16 publish.url: "],
    ["publish: {url: 'https://me:secret@host/'}", "1:16 publish.url: "],
    ["lint: {ignore: [GVM3]}", "1:17 lint.ignore[0]: expected the id of a rule"],
    ["build: {secrets: {a: {}}}", "1:22 build.secrets.a: expected either env or file"],
    ["build: {secrets: {a: {env: A, file: b}}}", "build.secrets.a: expected either env or file"],
    ["build: {secrets: {a: s3cret}}", "build.secrets.a: expected a map of keys"],
    ["convert: {maxSize: banana}", "1:20 convert.maxSize: expected an amount of memory"],
    ["convert: {maxSizePolicy: shout}", "convert.maxSizePolicy: expected one of fail, warn"],
    ["lint: {severity: {GVM002: hint}}", "1:27 lint.severity.GVM002: expected one of error"],
    ["lint: {severity: {gvm2: info}}", "1:19 lint.severity.gvm2: expected the id of a rule"],
    ["lint: {severity: [GVM002]}", "lint.severity"],
    ["lint: {trusted: debian}", "1:17 lint.trusted: expected a list of images or registries"],
    ["lint: {failOn: warn}", "1:16 lint.failOn: expected one of error, warning, info, never"],
    ["a: 1\n---\nb: 2", "2:1 : a second document starts here"],
    ["name: !secret x", "1:7 : this is not valid YAML"],
    ["name: 'x", "1:9 : this is not valid YAML"],
    ["vm:\n\tcpus: 1", "2:1 : a tab is used for indentation"],
  ])("%j is refused with its place", async (text, expected) => {
    expect((await problems(text)).join("\n")).toContain(expected);
  });

  test("has all of its problems reported at once, in the file's order", async () => {
    const found = await problems(
      "vm:\n  cpus: many\n  one: 1\n  two: 2\nnane: x\nlint:\n  failOn: x\n",
    );
    expect(found.map((problem) => problem.split(": ")[0])).toEqual([
      "2:9 vm.cpus",
      "3:3 vm.one",
      "4:3 vm.two",
      "5:1 nane",
      "7:11 lint.failOn",
    ]);
  });

  test("does not show credentials of a URL", async () => {
    const [problem] = await problems("publish: {url: 'https://me:secret@host/'}");
    expect(problem).not.toContain("secret");
  });

  test("is named in a message that stands alone when it has one problem", async () => {
    await expect(load("nam: x")).rejects.toThrow(
      `${join(directory, "golem-image.yml")}:1:1: nam: unknown key; did you mean name?`,
    );
  });
});

describe("a hostile settings file", () => {
  test("with an alias bomb is refused", async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const references = Array(9)
        .fill(level === 0 ? "x" : `*a${level - 1}`)
        .join(", ");
      return `l${level}: &a${level} [${references}]`;
    });
    expect(await problems(levels.join("\n"))).toEqual(["1:1 : aliases (*name) are used too often"]);
  });

  test.each([
    ["flow lists", "[".repeat(100_000)],
    ["flow maps", "{a: ".repeat(100_000)],
    ["block lists", "- ".repeat(100_000)],
    ["indentation", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join("")],
  ])("with endless %s is refused, not parsed", async (_, text) => {
    expect(await problems(text)).toEqual([expect.stringContaining("nested too deeply")]);
  });

  test("with brackets in text is not taken for a deep one", async () => {
    const tests = Array.from({ length: 200 }, (_, n) => `- {name: "[{${n}", run: '[[[ -f x'}`);
    expect((await load(`tests:\n${tests.join("\n")}\n`)).tests).toHaveLength(200);
  });

  test("that is too large is refused unread", async () => {
    await expect(load(Buffer.alloc(10 * 1024 * 1024, "#"))).rejects.toThrow(
      /has 10485760 bytes; at most 1048576 are read/,
    );
  });

  test("that is not text is refused", async () => {
    await expect(load(Buffer.from([0x6e, 0xff, 0xfe]))).rejects.toThrow(/not text in UTF-8/);
  });

  test("that is a directory or a FIFO is refused without waiting", async () => {
    await mkdir(join(directory, "golem-image.yml"));
    await expect(loadSettings(directory)).rejects.toThrow(/not a regular file/);
    execFileSync("mkfifo", [join(directory, "fifo")]);
    await symlink("fifo", join(directory, "link"));
    await expect(loadSettings(directory, join(directory, "link"))).rejects.toThrow(SettingsError);
  });

  test("cannot put control characters into a message", async () => {
    const [problem] = await problems('"a\\e[31m\\nb": 1');
    expect(problem).toContain("a\\u001b[31m\\nb: unknown key");
  });
});
