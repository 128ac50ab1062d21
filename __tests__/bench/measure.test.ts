import { parseTime, run } from "../../bench/measure.ts";

describe("parseTime", () => {
  it("adds user and system time, and gives memory in bytes", () => {
    expect(parseTime("12.5 20.25 1.5 2048\n")).toEqual({
      wallSeconds: 12.5,
      cpuSeconds: 21.75,
      peakBytes: 2048 * 1024,
    });
  });

  it("takes a command that needs no time", () => {
    expect(parseTime("0.00 0.00 0.00 900\n").wallSeconds).toBe(0);
  });

  it("refuses anything else", () => {
    expect(() => parseTime("Command terminated by signal 9\n")).toThrow(
      "Cannot read what time says",
    );
  });
});

describe("run", () => {
  it("fails with the output of a command that fails", async () => {
    const command = { program: "sh", args: ["-c", "echo out of eggs >&2; exit 3"] };
    await expect(run(command)).rejects.toThrow(/failed \(3\):\nout of eggs/);
  });
});
