import { link, messagesOf, program } from "../image-findings.ts";

const busybox = { "bin/busybox": program("\x7fELF"), "bin/sh": link("busybox") };

test("tests that are shell text need a shell", () => {
  expect(
    messagesOf("GVM017", { files: { tool: program("") }, commands: ["/tool --help"] }),
  ).toEqual([
    expect.stringMatching(
      /^error The image has no \/bin\/sh, a shell for the tests' commands: .*exit code 9/,
    ),
  ]);
});

test("programs of tests need to be there, each reported once", () => {
  const commands = [["/usr/bin/tool"], ["/usr/bin/tool", "x"], ["/bin/busybox"], ["/bin/sh"]];
  expect(messagesOf("GVM017", { files: busybox, commands })).toEqual([
    expect.stringMatching(/^error The image has no \/usr\/bin\/tool, for a test/),
  ]);
});

test("what a test puts into a volume, or a mount has, is not the image's", () => {
  const commands = [["/golem/input/tool"], ["/tmp/tool"], ["/proc/self/exe"]];
  const config = { Volumes: { "/golem/input": {} } };
  expect(messagesOf("GVM017", { files: busybox, config, commands })).toEqual([]);
});

test.each([
  ["a link", busybox],
  [
    "a link of directories",
    { "usr/bin/dash": program(""), "usr/bin/sh": link("dash"), bin: link("usr/bin") },
  ],
  [
    "a hard link",
    { "bin/busybox": program(""), "bin/sh": { type: "hard-link", linkTarget: "bin/busybox" } },
  ],
] as const)("a shell that is %s is one", (_, files) => {
  expect(messagesOf("GVM017", { files, commands: ["true"] })).toEqual([]);
});

test("an image without a shell is worth knowing when no test needs one", () => {
  const image = { files: { tool: program("") }, commands: [["/tool"]] };
  expect(messagesOf("GVM017", image)).toEqual([expect.stringMatching(/^info .* no \/bin\/sh/)]);
});
