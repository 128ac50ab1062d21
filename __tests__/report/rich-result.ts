import type { StepResult } from "../../src/checks/test-result.ts";
import type {
  TestImageResult,
  TimelineEntry,
  UsageSample,
} from "../../src/pipeline/profile-result.ts";
import type { SizeNode } from "../../src/report/size-node.ts";
import type { Measurements } from "../../src/vm/measurements.ts";
import {
  deadVm,
  failedTest,
  imageResult,
  profileResult,
  testResult,
} from "../support/profile-result.ts";

const MIB = 1024 * 1024;

const output = (text: string) => ({ text, truncated: false });

export function step(change: Partial<StepResult> = {}): StepResult {
  return {
    command: ["/bin/sh", "-c", "echo hello"],
    exitCode: 0,
    stdout: output("hello\n"),
    stderr: output(""),
    durationMs: 12,
    message: "",
    ...change,
  };
}

const measurements: Measurements = {
  cpuSeconds: 4.5,
  hostMemoryPeakBytes: 300 * MIB,
  memory: { sizeBytes: 240 * MIB, usedBytes: 90 * MIB, peakBytes: 160 * MIB },
  overlay: { sizeBytes: 128 * MIB, usedBytes: 20 * MIB, peakBytes: 101 * MIB },
  tmp: { sizeBytes: 120 * MIB, usedBytes: 0, peakBytes: null },
  storage: { limitMib: 64, enforcement: "enforced", reason: "mounted by root" },
  volumes: [
    { path: "/golem/input", bytes: 3 * MIB, isOverLimit: false },
    { path: "/golem/output", bytes: 63 * MIB, isOverLimit: false },
  ],
};

const samples = Array.from({ length: 60 }, (_none, index): UsageSample => {
  const wave = 0.5 + 0.5 * Math.sin(index / 6);
  return {
    atMs: 4000 + index * 250,
    memory: (60 + 100 * wave) * MIB,
    overlay: (index < 30 ? 3 * index : 4) * MIB,
    tmp: 0,
    volumes: { "/golem/input": 3 * MIB, "/golem/output": Math.min(63, index * 2) * MIB },
    vm: 0,
  };
});

const tests = [
  testResult({ name: "starts the service", id: "starts", steps: [step()], durationMs: 900 }),
  {
    ...failedTest,
    id: "environment",
    name: "ENV reaches commands",
    durationMs: 2300,
    message: "envVars: FOO is not set, expected bar; stdout does not match /bar/",
    problems: ["envVars: FOO is not set, expected bar", "stdout does not match /bar/"],
    explanation: {
      rule: "GVM003",
      text: "A Golem VM does not get the image's ENV. Set it in the command.",
    },
    steps: [
      step({ name: "prepare", durationMs: 40 }),
      step({
        command: ["/usr/bin/env"],
        exitCode: 1,
        stdout: output("PATH=/usr/bin:/bin\nHOME=/root\n"),
        stderr: output("env: something is wrong\n"),
        message: "exit code 1, expected 0",
        durationMs: 2200,
      }),
    ],
  },
  testResult({
    id: "sometimes",
    name: "talks to the database",
    kind: "steps",
    verdict: "flaky",
    message: "the port 5432 was not listened on within 5 s",
    attempts: 2,
    durationMs: 6100,
    isolation: "boot",
    steps: [step({ name: "query", instance: "client" })],
  }),
  testResult({
    id: "licence",
    name: "licences are there",
    kind: "licence",
    isolation: "at-rest",
    durationMs: 4,
  }),
  testResult({
    id: "last",
    name: "is not run",
    verdict: "skipped",
    exitCode: null,
    durationMs: 0,
    attempts: 0,
    message: "not run: a test before it has failed, and the run was to end then",
  }),
];

const timeline: TimelineEntry[] = [
  {
    name: "boot",
    kind: "boot",
    atMs: 0,
    durationMs: 4000,
    vm: 0,
    phases: [
      { name: "QEMU", durationMs: 200 },
      { name: "kernel, guest agent and first volume", durationMs: 3500 },
      { name: "other volumes", durationMs: 50 },
    ],
  },
  { name: "starts the service", kind: "test", atMs: 4100, durationMs: 900, vm: 0 },
  { name: "reset", kind: "reset", atMs: 5050, durationMs: 60, vm: 0 },
  { name: "ENV reaches commands", kind: "test", atMs: 5200, durationMs: 2300, vm: 0 },
  { name: "boot", kind: "boot", atMs: 7600, durationMs: 4100, vm: 0 },
  { name: "talks to the database", kind: "test", atMs: 11_800, durationMs: 6100, vm: 0 },
  { name: "licences are there", kind: "test", atMs: 18_000, durationMs: 4, vm: 0 },
];

/** A run of two profiles with every verdict in it, and a VM that ended. */
export function richResult(): TestImageResult {
  return imageResult(
    profileResult({
      ok: false,
      tests,
      measurements,
      timeline,
      samples,
      console: {
        path: "/home/me/.cache/golem-image/console-1.txt",
        tail: "[    0.000000] Linux version 6.1.0\n[    0.512345] Run /init as init process\ngolem: volumes are mounted",
      },
      limits: {
        memoryMib: 256,
        cpus: 1,
        storageMib: 64,
        outputMib: 1,
        timeoutsMs: { boot: 60_000, command: 60_000, total: 600_000 },
      },
    }),
    profileResult({ ...deadVm, profile: "v0.3", console: { path: null, tail: "Kernel panic" } }),
  );
}

/** The same with this text wherever a guest, a file or a person can put one. */
export function resultWithText(text: string): TestImageResult {
  return imageResult(
    profileResult({
      ok: false,
      tests: [
        {
          ...failedTest,
          id: text,
          name: text,
          source: { file: text, line: 1 },
          message: text,
          problems: [text, text],
          explanation: { rule: "GVM003", text },
          steps: [
            step({
              name: text,
              command: [text],
              instance: text,
              stdout: output(text),
              stderr: output(text),
              message: text,
            }),
          ],
          repeatCommand: text,
        },
        testResult({ name: `skipped ${text}`, verdict: "skipped", message: text }),
        testResult({
          name: `flaky ${text}`,
          verdict: "flaky",
          message: text,
          steps: [step({ stdout: output(text) })],
        }),
      ],
      failure: { kind: "vm", message: text, during: null, hint: text, details: text },
      measurements: { ...measurements, volumes: [{ path: text, bytes: 1, isOverLimit: false }] },
      timeline: [{ name: text, kind: "test", atMs: 0, durationMs: 5, vm: 0 }],
      samples,
      console: { path: text, tail: text },
      repeatCommand: text,
    }),
  );
}

const file = (name: string, storedBytes: number): SizeNode => ({ name, storedBytes, children: [] });

const directory = (name: string, children: readonly SizeNode[]): SizeNode => ({
  name,
  storedBytes: children.reduce((sum, child) => sum + child.storedBytes, 0),
  children,
});

export const sizeTree = directory("/", [
  directory("usr", [
    directory("lib", [
      directory("x86_64-linux-gnu", [
        file("libc.so.6", MIB),
        file("libcrypto.so.3", 2.1 * MIB),
        file("(210 more)", 6 * MIB),
      ]),
      directory("python3.11", [file("pydoc_data", 0.4 * MIB), file("(640 more)", 3 * MIB)]),
    ]),
    directory("share", [
      directory("doc", [file("(1200 more)", 2 * MIB)]),
      directory("locale", [file("(90 more)", 2.6 * MIB)]),
    ]),
    directory("bin", [
      file("perl", 1.5 * MIB),
      file("openssl", 0.4 * MIB),
      file("(300 more)", 3.3 * MIB),
    ]),
  ]),
  directory("var", [
    directory("cache", [file("apt", 4.2 * MIB)]),
    directory("lib", [file("dpkg", 1.1 * MIB)]),
  ]),
  directory("opt", [file("<b>model</b>.bin", 5.5 * MIB)]),
]);
