import { ConversionError } from "../../src/errors.ts";
import { assertWithinBudget } from "../../src/pipeline/size-budget.ts";

const MIB = 1024 ** 2;

test("an image may have its budget to the byte, and no more", () => {
  const warnings: string[] = [];
  const check = (size: number, policy?: "fail" | "warn") =>
    assertWithinBudget(size, { maxSize: 2, ...(policy && { maxSizePolicy: policy }) }, (message) =>
      warnings.push(message),
    );
  check(2 * MIB);
  expect(() => check(2 * MIB + 1)).toThrow(ConversionError);
  expect(() => check(3 * MIB, "fail")).toThrow("The image has 3.0 MiB, and may have 2 MiB");
  expect(warnings).toEqual([]);
  check(3 * MIB, "warn");
  expect(warnings).toEqual([expect.stringContaining("may have 2 MiB")]);
  assertWithinBudget(100 * MIB, {}, () => {
    throw new Error("there is no budget");
  });
});
