// Needs QEMU, a kernel with 9p and with virtio_net, busybox-static and musl-gcc. Boots seven VMs, two at a time where a test has two.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestResult } from "../../src/checks/test-result.ts";
import type { ProfileResult } from "../../src/pipeline/profile-result.ts";
import { testImage } from "../../src/pipeline/test-image.ts";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { makeTestImage, type TestImage, testingInput } from "../support/test-image.ts";

let image: TestImage;
let result: ProfileResult;

const SETTINGS = `
tests:
  - name: boots
    check: boots
  - name: volumes can be written to
    check: volumes-writable
  - name: others than root get in
    check: non-root-can-read-root
  - name: the entrypoint lives
    check: entrypoint-as-init
    timeout: 500ms
  - name: little is written outside volumes
    check: fits-overlay
  - name: a service is ready when it says so
    steps:
      - background: "echo starting; sleep 0.3; echo ready to serve; exec sleep 1000"
        until: { log: "^ready|\\nready" }
      - run: "ps | grep -c '[s]leep 1000'"
        expect: { stdout: '^1\\n$' }
  - name: nothing of it is left
    run: "! ps | grep '[s]leep 1000'"
  - name: a service is ready when its port is open
    steps:
      - background: [/bin/httpd, -f, -p, "8080", -h, /etc]
        until: { port: 8080 }
      - run: wget -q -O - http://127.0.0.1:8080/app.json
        expect:
          json:
            - { at: /items/1/name, equals: b }
            - { at: /a~1b, matches: "^[0-9]+$" }
  - name: a service is ready when its file is there
    steps:
      - name: the service
        background: "sleep 0.2; echo '{\\"ok\\":true}' > /data/out.json; exec sleep 1000"
        until: { file: /data/out.json }
      - put: { from: in.txt, to: /data/in.txt }
      - run: "tr a-z A-Z < /data/in.txt > /data/upper.txt"
        expect: { json: [{ file: /data/out.json, at: /ok, equals: true }] }
      - get: { from: /data/upper.txt, to: upper.txt }
  - name: a service dies
    steps:
      - name: broken
        background: "echo no config >&2; exit 4"
        until: { log: ready }
      - run: "true"
  - name: a service is late
    steps:
      - background: sleep 1000
        until: { port: 80 }
        timeout: 300ms
  - name: JSON that is other
    run: cat /etc/app.json
    expect: { json: [{ at: /items/7 }, { at: /items/0, equals: { name: z } }, { at: /n, matches: "^9" }] }
  - name: an exe-script
    script: script.json
  - name: a transfer outside volumes
    script: outside.yaml
  - name: a failing command
    script: failing.yaml
  - name: leaves a file
    run: echo left > /left
  - name: finds it
    run: cat /left
    isolation: shared
  - name: changes a setting of the kernel
    run: "! test -e /left && echo 40000 > /proc/sys/kernel/pid_max"
  - name: comes after it
    run: grep 32768 /proc/sys/kernel/pid_max
  - name: has more memory
    run: "test $(sed -n 's/MemTotal: *//p' /proc/meminfo | sed 's/ kB//') -gt 270000"
    memory: 320
  - name: nodes reach each other by IP address
    instances:
      server: { ip: 192.168.0.77 }
      client: {}
    steps:
      - name: serve
        on: server
        background: exec httpd -f -p 8080 -h /etc
        until: { port: 8080 }
      - on: client
        run: wget -q -O - http://\${instances.server.ip}:8080/app.json; echo '$\${instances.server.ip}'
        expect: { stdout: ["items", "instances.server.ip"] }
  - name: nodes do not know host names
    instances: { server: {}, client: {} }
    steps:
      - on: client
        run: wget -q -O - http://$(/bin/resolve server):8080/app.json || /bin/resolve server
`;

const files: Readonly<Record<string, string>> = {
  "in.txt": "content",
  "script.json": JSON.stringify([
    { deploy: {} },
    { transfer: { from: "file:in.txt", to: "container:/data/in.txt" } },
    { start: { args: [] } },
    {
      run: {
        entry_point: "/bin/sh",
        args: ["-c", "cp /data/in.txt /data/out.txt"],
        capture: { stdout: { stream: {} } },
      },
    },
    { transfer: { from: "container:/data/out.txt", to: "file:out.txt" } },
    { terminate: {} },
  ]),
  "outside.yaml":
    "- deploy\n- start\n- transfer: {from: 'file:in.txt', to: 'container:/etc/in.txt'}\n- terminate\n",
  "failing.yaml":
    "- deploy:\n- start: {}\n- run: {entry_point: /bin/sh, args: [-c, echo no; exit 3]}\n- run: {entry_point: /bin/true}\n",
};

/** Debian's static busybox cannot look names up without the C library's own modules. */
async function resolveProgram(): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), "gi-resolve-"));
  const path = join(directory, "resolve");
  const source = join(__dirname, "../vm/network/resolve.c");
  execFileSync("musl-gcc", ["-static", "-Os", "-o", path, source]);
  const program = readFileSync(path);
  await rm(directory, { recursive: true });
  return program;
}

beforeAll(async () => {
  image = await makeTestImage(
    [
      entry("etc"),
      fileEntry("etc/app.json", '{"items":[{"name":"a"},{"name":"b"}],"a/b":12,"n":1}'),
      entry("data"),
      fileEntry("bin/resolve", await resolveProgram(), { mode: 0o755 }),
    ],
    { Volumes: { "/data": {} }, Env: ["LIFE=1000"], Cmd: ["sh", "-c", "exec sleep $LIFE"] },
  );
  const settingsFile = join(image.directory, "golem-image.yml");
  await writeFile(settingsFile, SETTINGS);
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(image.directory, name), text);
  }
  const { settings } = await loadSettings(image.directory);
  const input = { ...testingInput(image.path), ...settings, vm: testingInput(image.path).vm };
  const [profile] = (await testImage(input)).profiles;
  if (profile) result = profile;
});

afterAll(() => image?.remove());

function named(name: string): TestResult {
  const found = result.tests.find((test) => test.name === name);
  if (!found) throw new Error(`There is no result of ${name}.`);
  return found;
}

test("what should pass does, and what should not fails", () => {
  expect(result.failure).toBeNull();
  expect(result.tests.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
    "others than root get in",
    "a service dies",
    "a service is late",
    "JSON that is other",
    "a transfer outside volumes",
    "a failing command",
    "nodes do not know host names",
  ]);
});

test.each([
  ["others than root get in", "the root directory has the mode drwx------"],
  [
    "a service dies",
    'broken: the service broken ended with exit code 4 (it said last: "no config") before it printed what matches /ready/',
  ],
  ["a service is late", "was not ready within 0.3 s: still waiting until it listened on port 80"],
  ["JSON that is other", "stdout has nothing at /items/7"],
  ["JSON that is other", 'stdout at /items/0 is {"name":"a"}, expected {"name":"z"}'],
  ["JSON that is other", "stdout at /n does not match /^9/; it is 1"],
  [
    "a transfer outside volumes",
    "command 3 (transfer): /etc/in.txt is not a file below a VOLUME of the image; Golem transfers files only into and out of volumes; the command after it is not run",
  ],
  ["a failing command", "command 3 (run): the command exited with code 3"],
])("a failure says why: %s", (name, message) => {
  expect(named(name).message).toContain(message);
});

test("a failure says what to do next, and nothing twice", () => {
  expect(named("a transfer outside volumes").explanation?.text).toBe("Use a path below /data.");
  expect(named("a service dies").problems).toHaveLength(1);
});

test("a host name that fails on the VPN is explained, with the address to use", () => {
  const { explanation, steps } = named("nodes do not know host names");
  expect(explanation?.rule).toBe("GVM016");
  expect(explanation?.text).toContain(
    "Nothing on a Golem VPN knows host names, so server is not found",
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what the person writes.
  expect(explanation?.text).toContain("${instances.server.ip} (here 192.168.0.2)");
  expect(steps[0]).toMatchObject({ instance: "client", exitCode: 1 });
});

test("files come out of steps and of scripts", async () => {
  expect(await readFile(join(image.directory, "upper.txt"), "utf8")).toBe("CONTENT");
  expect(await readFile(join(image.directory, "out.txt"), "utf8")).toBe("content");
});

test("steps tell their commands, outputs and instances", () => {
  const { steps, kind, source } = named("nodes reach each other by IP address");
  expect(kind).toBe("steps");
  expect(source).toEqual({
    file: join(image.directory, "golem-image.yml"),
    line: SETTINGS.split("\n").findIndex((text) => text.includes("by IP address")) + 1,
  });
  expect(steps).toMatchObject([
    {
      name: "serve",
      instance: "server",
      command: ["/bin/sh", "-c", "exec httpd -f -p 8080 -h /etc"],
    },
    { name: "step 2", instance: "client", exitCode: 0, stdout: { truncated: false } },
  ]);
  expect(steps[1]?.command[2]).toContain("http://192.168.0.77:8080/app.json");
});

test("the state that a test met is told, and a reset that is not exact is a boot", () => {
  const isolationOf = (name: string) => named(name).isolation;
  expect(isolationOf("leaves a file")).toBe("reset");
  expect(isolationOf("finds it")).toBe("shared");
  expect(isolationOf("changes a setting of the kernel")).toBe("reset");
  expect(isolationOf("comes after it")).toBe("boot");
  expect(isolationOf("has more memory")).toBe("boot");
});

test("the timeline and the samples tell what the VM did when", () => {
  const { timeline, samples, limits } = result;
  expect(timeline[0]).toMatchObject({ kind: "boot", vm: 0 });
  expect(timeline.filter(({ kind }) => kind === "test")).toHaveLength(result.tests.length);
  expect(timeline.some(({ kind }) => kind === "reset")).toBe(true);
  expect(samples.length).toBeGreaterThan(1);
  expect(samples[0]).toMatchObject({ memory: expect.any(Number), volumes: { "/data": 0 } });
  expect(limits).toMatchObject({ memoryMib: 256, cpus: 1, outputMib: 1 });
});
