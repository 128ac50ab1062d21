import { execFileSync } from "node:child_process";
import { findingsOf, placesOf } from "../lint-text.ts";

const commandIn = (text: string): string => {
  const cure = findingsOf("GVM002", text)[0]?.cure ?? "";
  return /same: (.*)$/.exec(cure)?.[1] ?? "";
};

test.each([
  ['CMD ["/usr/sbin/nginx", "-g", "daemon off;"]', '["/usr/sbin/nginx", "-g", "daemon off;"]'],
  ['CMD ["nginx", "-g", "daemon off;"]', `["/bin/sh", "-c", "exec nginx -g 'daemon off;'"]`],
  ["CMD nginx && echo $A", '["/bin/sh", "-c", "nginx && echo $A"]'],
  ['ENTRYPOINT ["/init"]\nCMD ["a b", "c"]', '["/init", "a b", "c"]'],
  ['ENTRYPOINT ["/init"]\nCMD a b', '["/init", "/bin/sh", "-c", "a b"]'],
  ['ENTRYPOINT /init\nCMD ["ignored"]', '["/bin/sh", "-c", "/init"]'],
  ['ENV A="b c" D=e\nCMD ["/x"]', `["/bin/sh", "-c", "export A='b c' D=e; exec /x"]`],
  ["ENV PATH=/v/bin:$PATH\nCMD run", '["/bin/sh", "-c", "export PATH=/v/bin:$PATH; run"]'],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
    'ENV V=/v\nENV PATH="$V/bin:${V}/x:$PATH"\nCMD run',
    '["/bin/sh", "-c", "export V=/v PATH=\\"/v/bin:/v/x:$PATH\\"; run"]',
  ],
  [
    "ENV V='/a b'\nENV PATH=$V:$PATH\nCMD run",
    '["/bin/sh", "-c", "export V=\'/a b\' PATH=...; run"]',
  ],
  [
    "ENV A=$B PW_TOKEN=x DB=a://u:p@h\nCMD run",
    '["/bin/sh", "-c", "export A=... PW_TOKEN=... DB=...; run"]',
  ],
  ["ENV A b c\nCMD run", `["/bin/sh", "-c", "export A='b c'; run"]`],
  ['SHELL ["/bin/bash", "-eu", "-c"]\nCMD a b', '["/bin/bash", "-eu", "-c", "a b"]'],
])("%j is replaced by %s", (lines, command) => {
  expect(commandIn(`FROM debian\n${lines}\n`)).toBe(command);
});

test("both lines that have no effect are reported, and the init command once", () => {
  const found = findingsOf("GVM002", 'FROM scratch\nENTRYPOINT ["/a"]\n\nCMD ["b"]\n');
  expect(found.map(({ line, column, severity }) => [line, column, severity])).toEqual([
    [2, 1, "warning"],
    [4, 1, "warning"],
  ]);
  expect(found[1]?.message).toContain("ENTRYPOINT (line 2)");
});

test("the command shown gives a shell the very words and variables", () => {
  const words = ["it's", '$HOME `x` \\ "q"', "", "a  b", "*"];
  const argv = JSON.parse(
    commandIn(
      `FROM scratch\nENV V="it's \\$5"\nCMD ${JSON.stringify(["printf", "<%s>", ...words])}`,
    ),
  ) as string[];
  const [shell = "", ...rest] = argv;
  expect(execFileSync(shell, rest, { encoding: "utf8" })).toBe(
    words.map((word) => `<${word}>`).join(""),
  );
  expect(argv[2]).toContain(`export V='it'\\''s $5'`);
});

test.each([
  ["FROM scratch AS a\nCMD x\nFROM scratch", []],
  ["FROM scratch AS a\nCMD x\nFROM a", ["2:1"]],
  ["FROM scratch\nCMD a\nCMD b", ["3:1"]],
  ["FROM scratch\nCMD a\nCMD []", []],
  ["FROM scratch AS a\nCMD a\nFROM a\nENTRYPOINT b", ["4:1"]],
  ["FROM scratch\nHEALTHCHECK CMD x", []],
  ["FROM scratch\nRUN CMD x", []],
])("%j has findings at %j", (text, places) => {
  expect(placesOf("GVM002", text)).toEqual(places);
});

test("what a base image starts is reported where it is named, once its configuration is known", () => {
  const config = { Entrypoint: ["docker-entrypoint.sh"], Cmd: ["postgres"] };
  expect(findingsOf("GVM002", "FROM postgres:16\n")).toEqual([]);
  const [finding] = findingsOf("GVM002", "FROM postgres:16\n", { config });
  expect(finding).toMatchObject({ line: 1, column: 6 });
  expect(finding?.cure).toContain('["/bin/sh", "-c", "exec docker-entrypoint.sh postgres"]');
});

test("a command for the entry point of a base image is completed by it", () => {
  const config = { Entrypoint: ["/entry.sh"], Cmd: ["mine"] };
  const found = findingsOf("GVM002", 'FROM postgres:16\nCMD ["mine"]\n', { config });
  expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
    "1 ENTRYPOINT of the base image does not run in a Golem VM.",
    "2 CMD does not run in a Golem VM. It belongs to the init command that replaces ENTRYPOINT of the base image.",
  ]);
  expect(found[0]?.cure).toContain('["/entry.sh", "mine"]');
});

test("the command runs as root, whatever USER says", () => {
  const cure = (user: string) => findingsOf("GVM002", `FROM x\nUSER ${user}\nCMD y\n`)[0]?.cure;
  expect(cure("app")).toContain("does the same (as root):");
  expect(cure("0")).toContain("does the same:");
});

test("a shell that the Dockerfile starts is for information", () => {
  expect(findingsOf("GVM002", 'FROM x\nCMD ["/bin/bash"]\n')[0]?.severity).toBe("info");
});

test.each([["bash"], ["/bin/sh"], ["python3"]])(
  "a base image's interactive %s is nothing to report",
  (program) => {
    expect(findingsOf("GVM002", "FROM debian\n", { config: { Cmd: [program] } })).toEqual([]);
  },
);
