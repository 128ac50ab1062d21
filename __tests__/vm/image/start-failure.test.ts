import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGvmi } from "../../../src/gvmi/write.ts";
import { likelyStartFailure } from "../../../src/vm/image/start-failure.ts";
import { entry, fileEntry } from "../../support/entries.ts";
import { elf64 } from "./programs.ts";

let directory: string;
let image: string;
const X86_64 = 62;
const executable = { mode: 0o755 };
const symlink = (path: string, linkTarget: string) => entry(path, { type: "symlink", linkTarget });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "start-"));
  image = join(directory, "image.gvmi");
  const entries = [
    entry(""),
    symlink("bin", "usr/bin"),
    fileEntry("data.txt", "words", executable),
    fileEntry("dos.sh", "#!/bin/sh\r\n", executable),
    fileEntry("empty", "", executable),
    fileEntry("glibc", elf64(X86_64, "/lib64/ld-linux-x86-64.so.2"), executable),
    entry("golem"),
    entry("golem/work"),
    fileEntry("plain.sh", "#!/bin/sh\n"),
    fileEntry("python.sh", "#!/usr/bin/python3\n", executable),
    symlink("round", "round"),
    fileEntry("scripts.sh", "#!/plain.sh\n", executable),
    fileEntry("strange", elf64(183), executable),
    symlink("to-nothing", "/opt/gone"),
    entry("usr"),
    entry("usr/bin"),
    fileEntry("usr/bin/sh", elf64(X86_64), executable),
    fileEntry("usr/bin/hello", "#!/bin/sh\n", executable),
    entry("work"),
  ];
  await writeGvmi(entries, {}, image, { compression: "gzip" });
});
afterAll(() => rmSync(directory, { recursive: true }));

const failure = (program: string, workingDirectory = "/work", volumes: string[] = []) =>
  likelyStartFailure({
    image,
    program,
    workingDirectory,
    volumes: volumes.map((guestPath, index) => ({
      guestPath,
      hostDirectory: join(directory, `volume-${index}`),
    })),
  });

test.each(["/bin/sh", "/usr/bin/hello", "/bin/hello"])(
  "nothing keeps %s from starting",
  async (program) => {
    expect(await failure(program)).toBeUndefined();
  },
);

test.each([
  ["/opt/missing", "the image has no /opt/missing"],
  ["/sbin/hello", "the image has no /sbin/hello, but /bin/hello"],
  ["/to-nothing", "/to-nothing is a symbolic link to /opt/gone, which the image does not have"],
  ["/round", "/round is a symbolic link to round, which the image does not have"],
  ["/usr", "/usr is a directory"],
  ["/plain.sh", "/plain.sh is not executable (its mode is 0644)"],
  ["/data.txt", "/data.txt is neither a program for Linux nor a script that begins with #!"],
  ["/empty", "/empty is neither a program for Linux nor a script that begins with #!"],
  ["/strange", "/strange is a program for 64-bit ARM, and the VM is an x86-64"],
  [
    "/glibc",
    "/glibc needs its dynamic linker /lib64/ld-linux-x86-64.so.2, which the image does not have",
  ],
  [
    "/python.sh",
    "/python.sh needs its interpreter /usr/bin/python3, which the image does not have",
  ],
  [
    "/dos.sh",
    "/dos.sh needs its interpreter /bin/sh\\x0d, which the image does not have (the script has Windows line ends)",
  ],
  [
    "/scripts.sh",
    "/scripts.sh needs its interpreter: /plain.sh is not executable (its mode is 0644)",
  ],
  ["sh", "sh is no absolute path, and there is no PATH search"],
])("%s: %s", async (program, reason) => {
  expect(await failure(program)).toBe(reason);
});

describe("the working directory", () => {
  test.each([
    ["/nowhere", [], "the image has no directory /nowhere, the working directory"],
    ["/data.txt", [], "the working directory /data.txt is no directory"],
    ["/tmp/work", [], "the working directory /tmp/work is hidden: the VM mounts its own /tmp"],
    [
      "/golem/work",
      ["/golem"],
      "the working directory /golem/work is hidden by the VOLUME /golem, which is empty at the start",
    ],
  ])("%s with the volumes %j", async (path, volumes, reason) => {
    expect(await failure("/bin/sh", path, volumes)).toBe(reason);
  });

  test.each([
    ["/golem/work", ["/golem/other"]],
    ["/golem/not-in-the-image", ["/golem/not-in-the-image"]],
    ["/", []],
  ])("%s is there with the volumes %j", async (path, volumes) => {
    expect(await failure("/bin/sh", path, volumes)).toBeUndefined();
  });
});

test("a program in a volume is looked for where the volume's files are", async () => {
  mkdirSync(join(directory, "volume-0"));
  const script = join(directory, "volume-0/script.sh");
  expect(await failure("/golem/script.sh", "/", ["/golem"])).toBe(
    "/golem/script.sh does not exist: a VOLUME is empty at the start",
  );
  writeFileSync(script, "#!/bin/sh\n", { mode: 0o644 });
  expect(await failure("/golem/script.sh", "/", ["/golem"])).toContain("is not executable");
  chmodSync(script, 0o755);
  expect(await failure("/golem/script.sh", "/", ["/golem"])).toBeUndefined();
});

test("an image that cannot be looked into explains nothing", async () => {
  const damaged = join(directory, "damaged");
  writeFileSync(damaged, "nothing");
  const command = { program: "/bin/sh", workingDirectory: "/", volumes: [] };
  expect(await likelyStartFailure({ ...command, image: damaged })).toBeUndefined();
  expect(await likelyStartFailure({ ...command, image: join(directory, "none") })).toBeUndefined();
});
