import { lookWhile } from "../../src/vm/measurements-over-time.ts";

/** Resolves when `look` has been called so often. */
function looks(wanted: number) {
  let count = 0;
  let resolve: () => void = () => {};
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  const look = async () => {
    count += 1;
    if (count === wanted) resolve();
  };
  return { look, reached, count: () => count };
}

test("it looks until the body has ended, and not after", async () => {
  const { look, reached, count } = looks(3);
  expect(await lookWhile(1, look, () => reached.then(() => "result"))).toBe("result");
  expect(count()).toBe(3);
});

test("the end of the body aborts a look that is under way", async () => {
  let started: () => void = () => {};
  const isLooking = new Promise<void>((resolve) => {
    started = resolve;
  });
  let reason: unknown;
  const look = (signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
        reject(signal.reason);
      });
      started();
    });
  await lookWhile(1, look, () => isLooking);
  expect(reason).toMatchObject({ name: "AbortError" });
});

test("a look that fails is the last one, and no failure of the body", async () => {
  let count = 0;
  let failed: () => void = () => {};
  const hasFailed = new Promise<void>((resolve) => {
    failed = resolve;
  });
  const look = async () => {
    count += 1;
    failed();
    throw new Error("the VM ended");
  };
  expect(await lookWhile(1, look, () => hasFailed.then(() => 7))).toBe(7);
  expect(count).toBe(1);
});

test("the body's failure comes through", async () => {
  const body = () => Promise.reject(new Error("no"));
  await expect(lookWhile(1, async () => {}, body)).rejects.toThrow("no");
});
