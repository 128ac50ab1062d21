import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import { join } from "node:path";
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
