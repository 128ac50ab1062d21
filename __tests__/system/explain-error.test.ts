import { mkdtemp, open } from "node:fs/promises";
import { exitCodeOf } from "../../src/cli/report-error.ts";
import { GolemImageError, InterruptedError, VmError } from "../../src/errors.ts";
import { explainError, explainSystemError } from "../../src/system/explain-error.ts";

const thrownBy = (body: Promise<unknown>): Promise<unknown> =>
  body.then(
    () => {
      throw new Error("it did not fail");
    },
    (error) => error,
  );

describe("what the machine refuses", () => {
  it("is an error for people, with the path, the reason and a next step", async () => {
    const error = explainSystemError(await thrownBy(open(__dirname, "w"))) as GolemImageError;
    expect(error).toBeInstanceOf(GolemImageError);
    expect(error.message).toContain(__dirname);
    expect(error.message).toContain("it is a directory");
    expect(error.hint).toBeDefined();
    expect(exitCodeOf(error)).toBe(15);
  });

  it("is a full disk, even where the system names no path", () => {
    const full = Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    expect((explainSystemError(full) as Error).message).toContain("the disk is full");
  });

  it("is a temporary directory that does not exist", async () => {
    const error = explainSystemError(await thrownBy(mkdtemp("/nonexistent/gi-")));
    expect((error as GolemImageError).hint).toContain("TMPDIR");
  });

  it("is not a file that this program should have made", async () => {
    const error = await thrownBy(open("/nonexistent/file"));
    expect(explainSystemError(error)).toBe(error);
  });
});

describe("an interruption", () => {
  it("is the reason for whatever fails after it", async () => {
    const reason = new InterruptedError("SIGTERM");
    expect(await explainError(new VmError("The VM ended."), AbortSignal.abort(reason))).toBe(
      reason,
    );
  });

  it("is the reason for what fails while its signal is on the way", async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort(new InterruptedError("SIGHUP")));
    const error = await explainError(new VmError("The VM ended."), controller.signal);
    expect(exitCodeOf(error)).toBe(129);
  });

  it("is not assumed", async () => {
    const error = new VmError("The VM ended.");
    expect(await explainError(error, new AbortController().signal)).toBe(error);
  });
});
