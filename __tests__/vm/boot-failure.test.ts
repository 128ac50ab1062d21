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

test("another panic is quoted", () => {
  expect(
    explainGuestEnd("[ 2.1] Kernel panic - not syncing: VFS: Unable to mount root fs\n")?.reason,
  ).toBe("the guest's kernel panicked: VFS: Unable to mount root fs");
});

test("a console that tells nothing explains nothing", () => {
  expect(explainGuestEnd("[ 0.0] Linux version 6.1\n")).toBeUndefined();
});
