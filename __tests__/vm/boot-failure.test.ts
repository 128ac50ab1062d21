import { explainGuestEnd } from "../../src/vm/boot-failure.ts";

test("the agent's last word is the reason, not the panic that it causes", () => {
  const explanation = explainGuestEnd(
    "golem-agent: fatal: cannot write /etc/resolv.conf: No such file or directory\n" +
      "[    3.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\n",
  );
  expect(explanation?.reason).toBe("cannot write /etc/resolv.conf: No such file or directory");
  expect(explanation?.hint).toContain("symbolic link");
});

test("a guest out of memory is told apart from other panics", () => {
  expect(
    explainGuestEnd("[ 9.1] Kernel panic - not syncing: System is deadlocked on memory\n")?.hint,
  ).toContain("--memory");
});

test("a kernel that found nothing to start has too little memory, or another kernel's initramfs", () => {
  const explanation = explainGuestEnd(
    "[ 2.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n",
  );
  expect(explanation?.reason).toContain("found nothing to start");
  expect(explanation?.hint).toContain("--memory");
});

test("a compression that the kernel cannot read comes before the panic that it causes", () => {
  const explanation = explainGuestEnd(
    'SQUASHFS error: Filesystem uses "zstd" compression. This is not supported\n' +
      "[ 3.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\n",
  );
  expect(explanation?.reason).toContain("compressed with zstd");
});

test("a damaged file system is named, with the kernel's words", () => {
  const explanation = explainGuestEnd(
    "[ 1.0] SQUASHFS error: zlib decompression failed, data probably corrupt\n" +
      "[ 1.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\n",
  );
  expect(explanation?.reason).toBe(
    "the image's file system is damaged (zlib decompression failed, data probably corrupt)",
  );
});

describe("the panic of an init that does not say why", () => {
  const panic = "[ 3.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000600\n";

  test("is explained by what is wrong with the image", () => {
    const problem = { reason: "the image has no directory /etc", hint: "Add it." };
    expect(explainGuestEnd(panic, { imageProblem: problem })).toEqual(problem);
  });

  test("is quoted when nothing is", () => {
    expect(explainGuestEnd(panic)?.reason).toBe(
      "the guest's kernel panicked: Attempted to kill init! exitcode=0x00000600",
    );
  });
});

test("a guest that a command switched off is not taken for one that broke", () => {
  expect(explainGuestEnd("golem-agent: ready\n[ 3.1] reboot: Power down\n")?.reason).toBe(
    "a command switched it off",
  );
});

test("an official init that gives up is no command that switched the VM off", () => {
  const text = "Error at src/init.c:812: No such file or directory\n[ 3.1] reboot: Power down\n";
  expect(explainGuestEnd(text, { hasAnswered: false })?.reason).toBe(
    "the runtime's init gave up: No such file or directory",
  );
  const imageProblem = { reason: "the image has no directory /etc", hint: "Add it." };
  expect(explainGuestEnd(text, { hasAnswered: false, imageProblem })).toBe(imageProblem);
  expect(explainGuestEnd("reboot: Power down\n", { hasAnswered: false })).toBeUndefined();
});

test("a console that tells nothing explains nothing", () => {
  expect(explainGuestEnd("[ 0.0] Linux version 6.1\n")).toBeUndefined();
});
