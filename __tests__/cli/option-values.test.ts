import {
  buildArgumentValue,
  getValue,
  memoryUpTo,
  memoryValue,
  profileValue,
  putValue,
  wholeNumberValue,
} from "../../src/cli/option-values.ts";

test("memory is MiB unless it says GiB", () => {
  expect(memoryValue("512")).toBe(512);
  expect(memoryValue("1 GiB")).toBe(1024);
  expect(() => memoryValue("1 GB")).toThrow("512 MiB");
});

test("an amount of memory may have an upper limit", () => {
  expect(memoryUpTo(1024)("1 GiB")).toBe(1024);
  expect(() => memoryUpTo(1024)("1025")).toThrow("at most 1024 MiB");
});

test("profiles are named one by one or with commas, and each counts once", () => {
  expect(profileValue("v0.4, v0.5", ["documented", "v0.4"])).toEqual([
    "documented",
    "v0.4",
    "v0.5",
  ]);
  for (const text of ["", "v0.6", "v0.4,", "v0.4 v0.5"]) {
    expect(() => profileValue(text)).toThrow("documented, v0.3, v0.4, v0.5");
  }
});

test("a whole number is in its range or refused", () => {
  expect(wholeNumberValue(1, 9)("9")).toBe(9);
  for (const text of ["0", "10", "1.5", "-1", "0x1", ""]) {
    expect(() => wholeNumberValue(1, 9)(text)).toThrow("from 1 to 9");
  }
});

test("a build argument's value may hold = and newlines, and comes from the environment without one", () => {
  expect(buildArgumentValue("A=b=c\nd", { X: "1" })).toEqual({ X: "1", A: "b=c\nd" });
  process.env.GOLEM_IMAGE_TEST_ARGUMENT = "from environment";
  expect(buildArgumentValue("GOLEM_IMAGE_TEST_ARGUMENT")).toEqual({
    GOLEM_IMAGE_TEST_ARGUMENT: "from environment",
  });
  expect(() => buildArgumentValue("=x")).toThrow("KEY=value");
});

test("put splits before the guest's absolute path, get after it", () => {
  expect(putValue("a:b.txt:/golem/in")).toEqual([{ from: "a:b.txt", to: "/golem/in" }]);
  expect(getValue("/golem/out:dir/a:b")).toEqual([{ from: "/golem/out", to: "dir/a:b" }]);
  for (const text of ["/golem/in", "file:relative", ":/golem/in"]) {
    expect(() => putValue(text)).toThrow("HOST:GUEST");
  }
  for (const text of ["relative:out", "/golem/out", "/golem/out:"]) {
    expect(() => getValue(text)).toThrow("GUEST:HOST");
  }
});
