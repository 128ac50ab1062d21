import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import { join } from "node:path";
import { identifyProcess } from "../../src/system/process-identity.ts";
import { withMachineDirectory } from "../../src/vm/machine-directory.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(os.tmpdir(), "machine-"));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

test.each([10, 60, 200])(
  "a socket fits into the private directory of a VM, below a path of %d bytes more",
  async (length) => {
    const parent = join(directory, "d".repeat(length));
    mkdirSync(parent);
    jest.spyOn(os, "tmpdir").mockReturnValue(parent);
    await withMachineDirectory(async (path) => {
      expect(statSync(path).mode & 0o777).toBe(0o700);
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(join(path, "agent"), resolve);
      });
      await new Promise((resolve) => server.close(resolve));
    });
  },
);

describe("the directory of a process that was killed", () => {
  const ended = { pid: 1, startTicks: "0" };

  function leave(name: string, owner: object | undefined): string {
    const path = join(directory, name);
    mkdirSync(path, { mode: 0o700 });
    if (owner) {
      writeFileSync(join(path, "owner"), JSON.stringify({ ...identifyProcess(), ...owner }));
    }
    return path;
  }

  beforeEach(() => {
    jest.spyOn(os, "tmpdir").mockReturnValue(directory);
  });

  test.each([
    ["whose number another process has now", ended],
    ["before the machine was booted anew", { bootId: "another" }],
  ])("%s is removed by the next VM", async (_, owner) => {
    const path = leave("gi-abcdef", owner);
    mkdirSync(join(path, "volume"), { mode: 0o000 });
    await withMachineDirectory(async () => expect(existsSync(path)).toBe(false));
  });

  test.each([
    ["a process that lives", "gi-abcdef", {}],
    [
      "another container, where that number is another process",
      "gi-abcdef",
      { ...ended, pidNamespace: "pid:[1]" },
    ],
    ["nobody known", "gi-abcdef", undefined],
    ["another program", "other-abcdef", ended],
  ])("one of %s stays", async (_, name, owner) => {
    const path = leave(name, owner);
    await withMachineDirectory(async () => expect(existsSync(path)).toBe(true));
  });
});
