import type { TestOutcome } from "../../src/checks/planned-test.ts";
import { CURES, type Cure, type CureSubject } from "../../src/parity/cures.ts";
import { findCause } from "../../src/parity/find-cause.ts";
import type { GuestMachine } from "../../src/parity/guest-machine.ts";
import type { GuestCommand } from "../../src/vm/guest-command.ts";

const failed = (problem: string, stderr = ""): TestOutcome => ({
  problems: [problem],
  steps: [
    {
      command: ["/bin/x"],
      exitCode: 1,
      stdout: { text: "", truncated: false },
      stderr: { text: stderr, truncated: false },
      durationMs: 1,
      message: problem,
    },
  ],
});

const PASSED: TestOutcome = { problems: [], steps: [] };

const DIRECTORY = 0o040000;
const FILE = 0o100000;

/** A stand-in for a VM: it has some files, and remembers what was run in it. */
function machineWith(files: Readonly<Record<string, { mode: number; content?: string }>>) {
  const commands: GuestCommand[] = [];
  const machine: GuestMachine = {
    run: async (command) => {
      commands.push(command);
      return { exitCode: 0, durationMs: 1 };
    },
    look: async ({ path, offset, length }) => {
      const file = files[path];
      if (file === undefined) return undefined;
      const content = Buffer.from(file.content ?? "");
      const part = content.subarray(offset, offset + length);
      return { mode: file.mode, uid: 0, gid: 0, size: content.length, content: part };
    },
    volumes: [],
    signal: undefined,
    isUsable: () => true,
    isOurs: true,
    profile: "documented",
  };
  return { machine, commands };
}

const subject = (given: Partial<CureSubject> = {}): CureSubject => ({
  gvmi: { env: [], volumes: [] },
  atRest: undefined,
  user: "",
  ...given,
});

const command: GuestCommand = { argv: ["/bin/x"], onOutput: () => {} };

test("what the test says itself is believed, and nothing is tried", async () => {
  const { machine, commands } = machineWith({});
  const explained = { ...failed("x"), explanation: { rule: "GVM016", text: "No names." } };
  const given = {
    machine,
    subject: subject(),
    reset: async () => true,
    again: async () => PASSED,
  };
  expect(await findCause({ ...given, outcome: explained })).toMatchObject({
    id: "host-names",
    rule: "GVM016",
    evidence: "No names.",
  });
  const full = failed("exit code 1", "dd: No space left on device");
  expect(await findCause({ ...given, outcome: full })).toMatchObject({
    id: "overlay",
    rule: "GVM015",
  });
  expect(commands).toEqual([]);
});

test.each([{ text: "sh was searched for." }, { rule: "GVM021", text: "Options have no meaning." }])(
  "what is noted of tests that pass, too, is the cause only when nothing else is: %j",
  async (explanation) => {
    const { machine } = machineWith({});
    const outcome = { ...failed("exit code 1"), explanation };
    const cure: Cure = { id: "permissions", done: "with it", apply: async (given) => given };
    const given = { outcome, machine, subject: subject(), reset: async () => true, cures: [cure] };
    const helped = await findCause({ ...given, again: async () => PASSED });
    expect(helped).toMatchObject({ id: "permissions", evidence: "It passes with it." });
    const tried = await findCause({ ...given, again: async () => failed("exit code 1") });
    expect(tried).toMatchObject({ evidence: explanation.text });
    const full = { ...failed("x", "No space left on device"), explanation };
    expect(await findCause({ ...given, outcome: full, again: async () => PASSED })).toMatchObject({
      id: "overlay",
    });
  },
);

test("the cure that helps names the cause, each tried in a fresh state", async () => {
  const { machine } = machineWith({});
  const log: string[] = [];
  const cure = (id: Cure["id"], has = true): Cure => ({
    id,
    done: `with ${id}`,
    apply: async (given) => {
      log.push(`apply ${id}`);
      return has ? { ...given, profile: id === "permissions" ? "v0.3" : "v0.5" } : undefined;
    },
  });
  const cause = await findCause({
    outcome: failed("exit code 1"),
    machine,
    subject: subject(),
    reset: async () => {
      log.push("reset");
      return true;
    },
    // What passes is the test in the machine that the second cure made.
    again: async ({ profile }) => {
      log.push("again");
      return profile === "v0.3" ? PASSED : failed("exit code 1");
    },
    cures: [cure("environment"), cure("user", false), cure("permissions"), cure("hidden-files")],
  });
  expect(cause).toMatchObject({
    id: "permissions",
    rule: "GVM013",
    evidence: "It passes with permissions.",
  });
  expect(log).toEqual([
    ...["reset", "apply environment", "again"],
    ...["reset", "apply user"],
    ...["reset", "apply permissions", "again"],
  ]);
});

test("there is no cause when nothing helps, or the VM cannot be reset", async () => {
  const { machine, commands } = machineWith({});
  const given = { outcome: failed("exit code 1"), machine, subject: subject() };
  const again = async () => failed("exit code 1");
  expect(await findCause({ ...given, again, reset: async () => true })).toBeUndefined();
  const never = async () => PASSED;
  expect(await findCause({ ...given, again: never, reset: async () => false })).toBeUndefined();
  expect(commands).toEqual([]);
});

const cureFor = (id: Cure["id"]): Cure => {
  const cure = CURES.find((candidate) => candidate.id === id);
  if (!cure) throw new Error(`There is no cure ${id}.`);
  return cure;
};

test("lost variables are given back by the image's shell", async () => {
  const { machine, commands } = machineWith({ "/bin/sh": { mode: FILE | 0o755 } });
  const image = subject({ gvmi: { env: ["NAME=it's"], volumes: [] } });
  const cured = await cureFor("environment").apply(machine, image);
  await cured?.run(command);
  const [shell, flag, script, ...rest] = commands[0]?.argv ?? [];
  expect([shell, flag, ...rest]).toEqual(["/bin/sh", "-c", "/bin/x"]);
  expect(script).toMatch(/^export NAME=.*; exec "\$0" "\$@"$/);
  expect(await cureFor("environment").apply(machine, subject())).toBeUndefined();
});

test("a closed root directory is opened, and an open one is no reason", async () => {
  const closed = machineWith({
    "/": { mode: DIRECTORY | 0o700 },
    "/bin/chmod": { mode: FILE | 0o755 },
  });
  expect(await cureFor("permissions").apply(closed.machine, subject())).toBe(closed.machine);
  expect(closed.commands.map(({ argv }) => argv)).toEqual([["/bin/chmod", "a+rx", "/"]]);
  const open = machineWith({ "/": { mode: DIRECTORY | 0o755 } });
  expect(await cureFor("permissions").apply(open.machine, subject())).toBeUndefined();
});

test("a command is run as the image's user when that is not root", async () => {
  const files = {
    "/": { mode: DIRECTORY | 0o755 },
    "/etc/passwd": { mode: FILE | 0o644, content: "root:x:0:0::/:\napp:x:1000:100::/:\n" },
  };
  const { machine, commands } = machineWith(files);
  const cured = await cureFor("user").apply(machine, subject({ user: "app" }));
  await cured?.run(command);
  expect(commands.at(-1)).toMatchObject({ argv: ["/bin/x"], user: { uid: 1000, gid: 100 } });
  for (const user of ["", "root", "0", "nobody"]) {
    expect(await cureFor("user").apply(machine, subject({ user }))).toBeUndefined();
  }
});
