import { elf64 } from "../../vm/image/programs.ts";
import { imageFindings, link, messagesOf, program, type TestImage } from "../image-findings.ts";

const X86_64 = 62;
const ARM_64 = 183;
const GLIBC = "/lib64/ld-linux-x86-64.so.2";
const MUSL = "/lib/ld-musl-x86_64.so.1";

const check = (image: TestImage) => messagesOf("GVM117", image);

test("a program that is started is an error, at what starts it", () => {
  const [finding] = imageFindings("GVM117", {
    dockerfile: 'FROM alpine:3\nCOPY tool /usr/local/bin/tool\nENTRYPOINT ["tool"]\n',
    config: { Entrypoint: ["tool"] },
    files: { "usr/local/bin/tool": program(elf64(X86_64, GLIBC)) },
  });
  expect(finding).toMatchObject({ severity: "error", line: 3 });
  expect(finding?.message).toContain(
    `/usr/local/bin/tool (ENTRYPOINT) needs its dynamic linker ${GLIBC}, which the image does not have`,
  );
});

test("what a test starts is found through links", () => {
  const files = { "opt/tool": program(elf64(ARM_64)), "usr/bin/tool": link("/opt/tool") };
  expect(check({ files, commands: [["/usr/bin/tool"]] })).toEqual([
    "error /opt/tool (test) is a program for 64-bit ARM, and VMs are x86-64. It cannot start on any provider.",
  ]);
});

test("others are counted by what is wrong with them", () => {
  const files = {
    "usr/local/bin/a": program(elf64(ARM_64)),
    "usr/bin/b": program(elf64(ARM_64)),
    "app/run.py": program("#!/usr/bin/python3\n"),
    "entry.sh": program("#!/bin/sh\r\n"),
    "bin/sh": program(elf64(X86_64)),
  };
  expect(check({ files })).toEqual([
    expect.stringMatching(
      /^warning \/app\/run\.py needs its interpreter \/usr\/bin\/python3.* 1 more\.$/,
    ),
    expect.stringMatching(/^warning \/usr\/local\/bin\/a is a program for 64-bit ARM.* 1 more\.$/),
  ]);
});

test("Windows line ends are named", () => {
  const image = { files: { "entry.sh": program("#!/bin/sh\r\n") }, config: { Cmd: ["/entry.sh"] } };
  expect(check(image)[0]).toContain(
    "/bin/sh\\x0d, which the image does not have (the script has Windows",
  );
});

describe("a script for env", () => {
  const env = (linker: string) => ({
    "usr/bin/env": program(elf64(X86_64, linker)),
    [linker.slice(1)]: program(elf64(X86_64)),
    "app/run.js": program("#!/usr/bin/env node\n"),
  });
  const node = program(elf64(X86_64));

  test("does not find what only PATH leads to", () => {
    const files = { ...env(GLIBC), "usr/local/bin/node": node };
    expect(check({ files })).toEqual([
      expect.stringMatching(
        /^info \/app\/run\.js is started by \/usr\/bin\/env node, which does not look in \/usr\/local\/bin/,
      ),
    ]);
    expect(check({ files, config: { Cmd: ["/app/run.js"] } })[0]).toMatch(/^warning .*\(CMD\)/);
    const own = { Env: ["PATH=/opt/node/bin:/usr/bin"] };
    const moved = { ...env(GLIBC), "opt/node/bin/node": node };
    expect(check({ files: moved, config: own })[0]).toContain("does not look in /opt/node/bin");
  });

  test("finds what is in the C library's own directories", () => {
    expect(check({ files: { ...env(GLIBC), "usr/bin/node": node } })).toEqual([]);
    expect(check({ files: { ...env(MUSL), "usr/local/bin/node": node } })).toEqual([]);
  });

  test("needs its program", () => {
    expect(check({ files: env(GLIBC) })[0]).toContain("needs node, which the image does not have");
  });

  test("is not judged when it is not known where env looks", () => {
    const files = { ...env(GLIBC), "usr/bin/env": program(elf64(X86_64)) };
    expect(check({ files })).toEqual([]);
  });
});

test.each([
  ["usr/bin/tool", program("#!/usr/bin/perl\n")],
  ["app/bin/linux-arm64/tool", program(elf64(ARM_64))],
  ["app/a/b/c/tool.py", program("#!/usr/bin/python3\n")],
  ["app/node_modules/.bin/tool", program(elf64(ARM_64))],
  ["usr/share/doc/tool", program(elf64(ARM_64))],
  ["app/tool", elf64(ARM_64)],
  ["app/tool", program("just text")],
  ["app/tool", program("#!/golem/input/python\n")],
  ["app/tool", program(elf64(X86_64))],
])("/%s is of no concern", (path, file) => {
  expect(check({ files: { [path]: file }, config: { Volumes: { "/golem/input": {} } } })).toEqual(
    [],
  );
});
