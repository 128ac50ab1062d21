import { readFileSync } from "node:fs";
import { programFormat } from "../../../src/vm/image/program-format.ts";
import { elf32, elf64 } from "./programs.ts";

const unknown = { kind: "unknown" };

test.each([
  ["#!/bin/sh\necho", "/bin/sh"],
  ["#! \t/usr/bin/env python3\n", "/usr/bin/env"],
  ["#!/bin/sh\r\necho\r\n", "/bin/sh\r"],
  ["#!/bin/bash", "/bin/bash"],
])("%j is a script for %j", (text, interpreter) => {
  expect(programFormat(Buffer.from(text))).toEqual({ kind: "script", interpreter });
});

test.each(["", "#", "#!", "#!\n/bin/sh", "echo hello\n", "\x7fELF"])(
  "%j is nothing to run",
  (text) => {
    expect(programFormat(Buffer.from(text, "latin1"))).toEqual(unknown);
  },
);

test("the machine and the dynamic linker of programs", () => {
  const linker = "/lib64/ld-linux-x86-64.so.2";
  expect(programFormat(elf64(62, linker))).toEqual({
    kind: "elf",
    machine: 62,
    interpreter: linker,
  });
  expect(programFormat(elf64(183))).toEqual({ kind: "elf", machine: 183, interpreter: undefined });
  expect(programFormat(elf32(3, "/lib/ld-linux.so.2"))).toEqual({
    kind: "elf",
    machine: 3,
    interpreter: "/lib/ld-linux.so.2",
  });
});

test("this machine's own node is read as the kernel reads it", () => {
  const start = readFileSync(process.execPath).subarray(0, 65536);
  expect(programFormat(start)).toMatchObject({
    kind: "elf",
    interpreter: expect.stringMatching(/^\/lib.*\/ld-/),
  });
});

test("a program that is cut off anywhere, or lies about its headers, is read without a crash", () => {
  const whole = elf64(62, "/lib64/ld");
  for (let length = 0; length <= whole.length; length++) {
    expect(["elf", "unknown"]).toContain(programFormat(whole.subarray(0, length)).kind);
  }
  for (const at of [32, 40, 54, 56, 64 + 56 + 8, 64 + 56 + 32]) {
    const lying = Buffer.from(whole);
    lying.fill(0xff, at, at + 2);
    lying.fill(0xff, at + 5, at + 8);
    expect(programFormat(lying).kind).toBe("elf");
  }
});
