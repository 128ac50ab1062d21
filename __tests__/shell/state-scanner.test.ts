import { parseReportedState } from "../../src/shell/shell-state.ts";
import { StateScanner } from "../../src/shell/state-scanner.ts";

const MARKER = "marker-0123";

function scan(chunks: readonly string[]) {
  const scanner = new StateScanner(MARKER);
  const output = [...chunks.map((chunk) => scanner.push(Buffer.from(chunk))), scanner.end()];
  return { output: Buffer.concat(output).toString(), state: scanner.state };
}

const WHOLE = `before${MARKER}\n/directory\n${MARKER}\nafter`;

test("the state is taken out wherever the stream is cut", () => {
  for (let cut = 0; cut <= WHOLE.length; cut++) {
    expect(scan([WHOLE.slice(0, cut), WHOLE.slice(cut)])).toEqual({
      output: "beforeafter",
      state: "/directory\n",
    });
  }
  expect(scan([...WHOLE])).toEqual({ output: "beforeafter", state: "/directory\n" });
});

test("what only begins like a marker is output", () => {
  const text = "marker-012 marker-0123 mark";
  expect(scan([...text])).toEqual({ output: text, state: undefined });
});

test("output is not held back when it cannot be a marker", () => {
  const scanner = new StateScanner(MARKER);
  expect(Buffer.from(scanner.push(Buffer.from("prompt: "))).toString()).toBe("prompt: ");
});

test("a state without an end is no state, and no output", () => {
  expect(scan([`output${MARKER}\n/direc`])).toEqual({ output: "output", state: undefined });
});

test("a state without a limit is not kept", () => {
  const chunk = "x".repeat(64 * 1024);
  expect(scan([`${MARKER}\n`, ...Array(20).fill(chunk), `${MARKER}\nafter`])).toEqual({
    output: "after",
    state: undefined,
  });
});

test.each([
  ["dash", `/a b\nexport A='it'"'"'s'\nexport OLDPWD='/'\nexport PWD='/a b'\nexport Q\n`],
  [
    "bash",
    `/a b\ndeclare -x A="it's"\ndeclare -x OLDPWD="/"\ndeclare -x Q\ndeclare -x SHLVL="1"\n`,
  ],
  ["bash as sh", `/a b\nexport A=$'it\\'s'\nexport OLDPWD="/"\n`],
  ["mksh", `/a b\ntypeset -x A=$'it\\'s'\ntypeset -x OLDPWD=/\n`],
])("the report of %s is read", (_, text) => {
  expect(parseReportedState(text)).toEqual({
    directory: "/a b",
    previousDirectory: "/",
    exports: new Map([["A", "it's"]]),
  });
});

test("a shell without exported variables reports its directory alone", () => {
  expect(parseReportedState("/\n")).toMatchObject({ directory: "/" });
});

test.each([
  ["/\nexport A='1'\nsomething else\n"],
  ["/\nexport A='open\n"],
  ["relative\nexport A='1'\n"],
  ["/\nexport \n"],
  [""],
])("a report with something else in it is refused: %j", (text) => {
  expect(parseReportedState(text)).toBeUndefined();
});
