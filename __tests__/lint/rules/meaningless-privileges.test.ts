import { messagesOf, program, type TestFile } from "../image-findings.ts";

const check = (files: Record<string, TestFile>) => messagesOf("GVM021", { files });
const capability = { extendedAttributes: new Map([["security.capability", Buffer.alloc(20)]]) };
const device: TestFile = { type: "character-device", device: { major: 10, minor: 229 } };

test("programs with setuid bits or capabilities are counted", () => {
  const found = check({
    "opt/a": { mode: 0o4755 },
    "opt/b": { mode: 0o2755 },
    "opt/c": { mode: 0o755, ...capability },
    "opt/d": { mode: 0o4711 },
  });
  expect(found).toEqual([
    expect.stringContaining(
      "info 4 programs with setuid, setgid or file capabilities (/opt/a, /opt/b, /opt/c, ...)",
    ),
  ]);
});

test("what every distribution has is not worth a word", () => {
  const files = {
    "usr/bin/su": { mode: 0o4755 },
    "bin/ping": { mode: 0o755, ...capability },
    "var/mail/": { mode: 0o2775 },
    "dev/null": device,
    "dev/tty1": device,
    "dev/pts/0": device,
    "opt/data": { mode: 0o4644 },
    "opt/tool": program(""),
  };
  expect(check(files)).toEqual([]);
});

test("device nodes are hidden in /dev, and dead elsewhere", () => {
  const block: TestFile = { type: "block-device", device: { major: 7, minor: 0 } };
  expect(check({ "dev/kvm": device, "srv/fuse": device, "srv/disk": block })).toEqual([
    expect.stringContaining("info 1 device node of the image in /dev (/dev/kvm) cannot be seen"),
    expect.stringContaining(
      "warning 2 device nodes outside of /dev (/srv/fuse, /srv/disk) cannot be opened",
    ),
  ]);
});
