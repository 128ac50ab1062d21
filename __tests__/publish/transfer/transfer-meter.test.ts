import { describeTransfer, TransferMeter } from "../../../src/publish/transfer/transfer-meter.ts";

const MIB = 1024 ** 2;

/** Runs a meter on a clock of its own: seconds and MiB so far. */
function measure(...points: (readonly [seconds: number, mebibytes: number])[]): string {
  let seconds = 0;
  const meter = new TransferMeter(() => seconds * 1000);
  let text = "";
  for (const [time, mebibytes] of points) {
    seconds = time;
    const done = mebibytes * MIB;
    text = describeTransfer(meter.add({ step: "uploading", done, total: 100 * MIB }));
  }
  return text;
}

test("a transfer tells its speed and the time that is left", () => {
  expect(measure([0, 0], [1, 4], [2, 10])).toBe("uploading 10 % at 5.0 MiB/s, 18 s left");
});

test("what was there before is not speed", () => {
  expect(measure([0, 90], [2, 92])).toBe("uploading 92 % at 1.0 MiB/s, 8 s left");
});

test("only the last ten seconds count", () => {
  const slow = Array.from({ length: 30 }, (_, second) => [second, 0.1 * second] as const);
  expect(measure(...slow, [40, 10], [41, 20])).toContain("at 10.0 MiB/s");
});

test("a slow transfer has minutes left", () => {
  expect(measure([0, 0], [4, 1])).toBe("uploading 1 % at 0.25 MiB/s, 6 min 36 s left");
});

test("there is no speed in the first second, nor after bytes were lost", () => {
  expect(measure([0, 0], [0.5, 10])).toBe("uploading 10 %");
  expect(measure([0, 0], [5, 10], [6, 8])).toBe("uploading 8 %");
});

test("an empty file is done", () => {
  const meter = new TransferMeter();
  expect(describeTransfer(meter.add({ step: "copying", done: 0, total: 0 }))).toBe("copying 100 %");
});
