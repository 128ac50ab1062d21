import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConsoleLog } from "../../src/vm/console-log.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "console-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = () => join(directory, "logs/console");
const text = () => readFileSync(path(), "latin1");

/** Appends text in pieces of `size` bytes. */
function append(log: ConsoleLog, content: string, size = content.length): void {
  for (let at = 0; at < content.length; at += size) {
    log.append(Buffer.from(content.slice(at, at + size), "latin1"));
  }
}

test("the file has the console as it is, at once", async () => {
  const log = await ConsoleLog.open(path());
  append(log, "\x1b[1mone\r\ntwo");
  expect(text()).toBe("\x1b[1mone\r\ntwo");
  log.close();
  expect(text()).toBe("\x1b[1mone\r\ntwo");
});

test.each([1, 7, 30, 1000])(
  "of a console without end the file has the start, a mark and the end (pieces of %d bytes)",
  async (size) => {
    const log = await ConsoleLog.open(path(), { startBytes: 10, endBytes: 20 });
    append(log, `${"s".repeat(10)}${"-".repeat(500)}${"0123456789".repeat(2)}`, size);
    expect(text().length).toBeLessThanOrEqual(10);
    log.close();
    expect(text()).toBe(
      `${"s".repeat(10)}\n[... 500 bytes of the console are left out ...]\n${"0123456789".repeat(2)}`,
    );
  },
);

test("nothing is marked as left out when start and end are all there is", async () => {
  const log = await ConsoleLog.open(path(), { startBytes: 10, endBytes: 20 });
  append(log, "0123456789abcdef", 3);
  log.close();
  expect(text()).toBe("0123456789abcdef");
});

test("the last lines are safe to show, and end with the panic", async () => {
  const log = await ConsoleLog.open(path());
  append(log, "a\r\n\n\x1b[31mb\x01\xff\nKernel panic - not syncing: why\nCall Trace:\n ? x\n", 5);
  expect(log.tail()).toBe("a\nb??\nKernel panic - not syncing: why");
  expect(log.tail(1)).toBe("Kernel panic - not syncing: why");
  log.close();
});

test("what comes after the end changes nothing", async () => {
  const log = await ConsoleLog.open(path());
  append(log, "before");
  log.close();
  log.close();
  append(log, "after");
  expect(text()).toBe("before");
});

test("a FIFO that nobody reads is refused, not waited for", async () => {
  const fifo = join(directory, "fifo");
  execFileSync("mkfifo", [fifo]);
  await expect(ConsoleLog.open(fifo)).rejects.toThrow("ENXIO");
});
