import { join } from "node:path";
import { formatGithub } from "../../src/lint/format-github.ts";
import { finding, HOSTILE_TEXTS } from "./findings.ts";

const root = process.cwd();

/** Reads a workflow command as GitHub's runner does. */
function parse(line: string) {
  const [, command = "", properties = "", data = ""] =
    /^::([^ :]+) ?([^:]*(?:%3A[^:]*)*)::(.*)$/s.exec(line) ?? [];
  const decode = (text: string, codes: Readonly<Record<string, string>>) =>
    text.replace(/%(?:0D|0A|25|3A|2C)/g, (code) => codes[code] ?? code);
  const ofData = { "%0D": "\r", "%0A": "\n", "%25": "%" };
  const ofProperties = { ...ofData, "%3A": ":", "%2C": "," };
  return {
    command,
    properties: Object.fromEntries(
      properties.split(",").map((pair) => {
        const [key = "", ...value] = pair.split("=");
        return [key, decode(value.join("="), ofProperties)];
      }),
    ),
    message: decode(data, ofData),
  };
}

test("an annotation has place, rule and message", () => {
  expect(formatGithub([finding({ cure: "Use another one." })], root)).toBe(
    "::error file=Dockerfile,line=2,col=8,title=golem-image GVM010::cannot work Use another one.\n",
  );
});

test.each([
  ["error", "error"],
  ["warning", "warning"],
  ["info", "notice"],
] as const)("%s becomes %s", (severity, command) => {
  expect(formatGithub([finding({ severity })], root)).toMatch(new RegExp(`^::${command} `));
});

test.each(HOSTILE_TEXTS)("%j stays one command, and its message", (text) => {
  const output = formatGithub([finding({ message: text }), finding({ file: text })], root);
  const lines = output.split("\n");
  expect(lines).toHaveLength(3);
  expect(output).not.toContain("\r");
  expect(parse(lines[0] ?? "")).toMatchObject({ command: "error", message: text });
  expect(parse(lines[1] ?? "").properties).toEqual({
    file: text,
    line: "2",
    col: "8",
    title: "golem-image GVM010",
  });
});

test("paths start at the root of the checkout, wherever it runs", () => {
  const file = join(root, "images/a/Dockerfile");
  expect(formatGithub([finding({ file })], root)).toContain("file=images/a/Dockerfile,");
  expect(formatGithub([finding({ file: "Dockerfile" })], join(root, ".."))).toMatch(
    /file=[^/,]+\/Dockerfile,/,
  );
  expect(formatGithub([finding({ file: "/elsewhere/Dockerfile" })], root)).toContain(
    "file=/elsewhere/Dockerfile,",
  );
});
