// Needs QEMU, a kernel, Buildah, busybox-static, util-linux, node and python3. Boots one VM.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { InitScriptForm } from "../../../src/lint/init-script/forms.ts";
import { initScript } from "../../../src/lint/init-script/init-script.ts";
import type { ServiceDescription, Variable } from "../../../src/lint/init-script/service.ts";
import { FROM_BUSYBOX, makeProof, type Proof, type ProofVm } from "../proofs/boot.ts";
import { HOSTILE_VALUES } from "./values.ts";

let proof: Proof;
let vm: ProofVm;
let directory: string;

/** Prints its user, the number of its arguments, them, and the environment that it was started with. */
const SHOW = `#!/bin/sh
echo "$(id -u):$(id -g) $#"
for word; do printf '%s\\0' "$word"; done
cat /proc/$$/environ
`;

/** Puts what `show` prints into a file, and stays. */
const SERVE = `#!/bin/sh
/bin/show "$@" > /golem/work/partial
mv /golem/work/partial /golem/work/served
exec sleep 1000
`;

/** setpriv is no part of busybox; its libraries come with it. */
function setprivFiles(): Record<string, Buffer> {
  const listing = execFileSync("ldd", ["/usr/bin/setpriv"], { encoding: "utf8" });
  const libraries = [...listing.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
  return Object.fromEntries(
    ["/usr/bin/setpriv", ...libraries].map((path) => [`root${path}`, readFileSync(path)]),
  );
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "init-script-"));
  for (const [path, text] of Object.entries(LIBRARIES)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  proof = await makeProof({
    dockerfile: `${FROM_BUSYBOX}RUN ["/bin/ln", "-s", "/bin/busybox", "/usr/bin/env"]\nVOLUME /golem/work\nWORKDIR /srv\n`,
    files: {
      "root/bin/show": SHOW,
      "root/bin/serve": SERVE,
      "root/etc/passwd": "root:x:0:0::/:/bin/sh\nworker:x:1000:2000::/srv:/bin/false\n",
      "root/etc/group": "root:x:0:\nstaff:x:2000:\n",
      ...setprivFiles(),
    },
  });
  vm = await proof.boot("documented");
});

afterAll(async () => {
  await proof?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** What the modules import, which notes down what they run. */
const LIBRARIES = {
  "node_modules/@golem-sdk/golem-js/package.json": '{"type": "module", "exports": "./index.js"}',
  "node_modules/@golem-sdk/golem-js/index.js": `
const ran = [];
const exe = {
  run: async (program, args) => { ran.push([program, ...args]); return { stdout: "" }; },
};
const rental = { getExeUnit: async () => exe, stopAndFinalize: async () => {} };
export class GolemNetwork {
  async connect() {}
  async oneOf({ order }) {
    if (!order.demand.workload.imageHash) throw new Error("no image");
    return rental;
  }
  async disconnect() { process.stdout.write(JSON.stringify(ran)); }
}
console.log = () => {};
`,
  "yapapi/__init__.py": "",
  "yapapi/payload/__init__.py": "",
  "yapapi/payload/vm.py": "async def repo(**options):\n    return options\n",
  "yapapi/services/__init__.py": `
class Script:
    def __init__(self):
        self.ran = []
    def run(self, program, *args):
        self.ran.append([program, *args])
class Context:
    def new_script(self):
        return Script()
class Service:
    _ctx = Context()
    async def start(self):
        yield Script()
`,
  "start.py": `
import asyncio, json
from service import MyService
async def main():
    await MyService.get_payload()
    print(json.dumps([ran async for script in MyService().start() for ran in script.ran]))
asyncio.run(main())
`,
};

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: directory, encoding: "utf8" });

/** The commands of a form that is a program or a descriptor, as its own language reads them. */
function commandsOf(form: InitScriptForm, service: ServiceDescription): [string, ...string[]][] {
  const text = initScript(form, service);
  switch (form) {
    case "golem-js":
      writeFileSync(join(directory, "golem.mjs"), text);
      run("node", "--check", "golem.mjs");
      return JSON.parse(run("node", "golem.mjs"));
    case "yapapi":
      writeFileSync(join(directory, "service.py"), text);
      run("python3", "-m", "py_compile", "service.py");
      return JSON.parse(run("python3", "start.py"));
    case "dapp-runner":
      return parse(text).nodes["my-node"].init;
    case "sh":
      writeFileSync(join(vm.machine.volumes[0]?.hostDirectory ?? "", "init.sh"), text);
      return [["/bin/sh", "/golem/work/init.sh"]];
    case "env":
      writeFileSync(join(vm.machine.volumes[0]?.hostDirectory ?? "", ".env"), text);
      return [["/bin/sh", "-c", "set -a; . /golem/work/.env; exec /bin/show"]];
  }
}

interface Shown {
  user: string;
  argv: string[];
  environment: ReadonlyMap<string, string>;
}

function readShown(text: string): Shown {
  const end = text.indexOf("\n");
  const [user = "", count] = text.slice(0, end).split(" ");
  const words = text.slice(end + 1).split("\0");
  const pairs = words.slice(Number(count), -1).map((pair): [string, string] => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  return { user, argv: words.slice(0, Number(count)), environment: new Map(pairs) };
}

async function runInVm(form: InitScriptForm, service: ServiceDescription): Promise<string> {
  let output = "";
  for (const argv of commandsOf(form, service)) {
    const { stdout, ...rest } = await vm.run(argv);
    expect(rest).toEqual({ exitCode: 0, stderr: "" });
    output = stdout;
  }
  return output;
}

const service = (properties: Partial<ServiceDescription>): ServiceDescription => ({
  argv: ["/bin/show"],
  variables: [],
  unknownVariables: [],
  ports: [],
  ...properties,
});

const VARIABLES: Variable[] = [
  ...HOSTILE_VALUES.map((value, index) => ({ name: `V${index}`, value })),
  { name: "PATH", value: "/nowhere:/bin" },
  { name: "IFS", value: "x,$" },
  { name: "HOME", value: "/elsewhere" },
];
const ODD: Variable[] = [
  { name: "odd.name-1", value: "it's odd" },
  { name: "UID", value: "77" },
];

function expectVariables({ environment }: Shown, variables: readonly Variable[]): void {
  for (const { name, value } of variables) {
    expect({ [name]: environment.get(name) }).toEqual({ [name]: value });
  }
}

const STARTING_FORMS = ["dapp-runner", "golem-js", "yapapi", "sh"] as const;

describe.each(STARTING_FORMS)("the form %s", (form) => {
  test("gives a program the very words", async () => {
    const argv = ["/bin/show", ...HOSTILE_VALUES];
    const shown = readShown(await runInVm(form, service({ argv })));
    expect(shown.argv).toEqual(HOSTILE_VALUES);
  });

  test("gives it the very variables, finds it in PATH, and passes words on, too", async () => {
    const variables = [...VARIABLES, ...ODD];
    const argv = ["show", ...HOSTILE_VALUES];
    const shown = readShown(await runInVm(form, service({ argv, variables })));
    expect(shown.argv).toEqual(HOSTILE_VALUES);
    expectVariables(shown, variables);
  });

  test("runs the text of a shell as it is", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of shells
    const argv = ["/bin/sh", "-c", 'A="${V}x"; exec show "$A" \'${V}\' "a\nb"'];
    const variables = [{ name: "V", value: HOSTILE_VALUES.join("") }];
    const shown = readShown(await runInVm(form, service({ argv, variables })));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of shells
    expect(shown.argv).toEqual([`${HOSTILE_VALUES.join("")}x`, "${V}", "a\nb"]);
  });

  test.each([
    ["worker", "1000:2000"],
    ["1000:2000", "1000:2000"],
    ["1000", "1000:1000"],
    ["worker:staff", "1000:2000"],
  ])("changes to the user %s", async (user, expected) => {
    const argv = ["show", ...HOSTILE_VALUES];
    await vm.output("chmod 700 /");
    const shown = readShown(await runInVm(form, service({ argv, user, variables: VARIABLES })));
    expect(shown.user).toBe(expected);
    expect(shown.argv).toEqual(HOSTILE_VALUES);
    expectVariables(shown, VARIABLES);
  });

  test("leaves a program with ports in the background, and ends", async () => {
    const argv = ["serve", "it's", "$HOME"];
    const properties = { argv, variables: [{ name: "PATH", value: "/bin" }], ports: ["80"] };
    await runInVm(form, service(properties));
    await vm.output("while [ ! -e /golem/work/served ]; do usleep 2000; done");
    expect(readShown(await vm.output("cat /golem/work/served")).argv).toEqual(["it's", "$HOME"]);
    await vm.output("rm /golem/work/served; killall sleep");
  });
});

test("the form env gives a shell the very variables", async () => {
  const shown = readShown(await runInVm("env", service({ variables: [...VARIABLES, ...ODD] })));
  expectVariables(shown, VARIABLES);
});

test("without chmod another user reaches nothing on the strictest profile", async () => {
  const [, ...commands] = commandsOf("dapp-runner", service({ user: "worker" }));
  await vm.output("chmod 700 /");
  const [argv] = commands;
  const { exitCode, stderr } = await vm.run(argv ?? ["/bin/false"]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("ermission denied");
});
