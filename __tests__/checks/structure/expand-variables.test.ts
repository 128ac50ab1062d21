// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell variables are what this is about.
import { expandVariables, variablesOf } from "../../../src/checks/structure/expand-variables.ts";

const known = new Map([
  ["HOME", "/root"],
  ["A", "$HOME"],
]);

test.each([
  ["$HOME/x", "/root/x"],
  ["${HOME}x", "/rootx"],
  ["$HOMEx", ""],
  ["$UNKNOWN|${UNKNOWN}", "|"],
  ["$A", "$HOME"],
  ["$(date) $", "$(date) $"],
  ["a$$b$1c$@", "abc"],
  ["x${}y${z", "xyz"],
])("%j becomes %j, as with Go's os.Expand", (text, expected) => {
  expect(expandVariables(text, known)).toBe(expected);
});

test("an environment is split at its first =", () => {
  expect([...variablesOf(["A=b=c", "EMPTY=", "BARE"])]).toEqual([
    ["A", "b=c"],
    ["EMPTY", ""],
    ["BARE", ""],
  ]);
});
