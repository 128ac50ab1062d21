import { Inputs } from "../../src/actions/inputs/read-inputs.ts";
import { UsageError } from "../../src/errors.ts";

/** The inputs of an action as the runner hands them over: names in capitals, with their dashes. */
function inputs(action: ConstructorParameters<typeof Inputs>[0], given: Record<string, string>) {
  const environment = Object.entries(given).map(([name, text]) => [
    `INPUT_${name.toUpperCase()}`,
    text,
  ]);
  return new Inputs(action, Object.fromEntries(environment));
}

test("an empty input leaves the settings as they are", () => {
  expect(inputs("convert", { "max-size": "", compression: "" }).overrides()).toEqual({});
  expect(inputs("convert", {}).get("max-size")).toBeUndefined();
});

test("inputs override settings by their own names", () => {
  const given = {
    "build-args": "VERSION=1.10\n\n  URL=https://example.org/?a=b\n",
    target: "final",
    dockerfile: "docker/Dockerfile",
  };
  expect(inputs("build", given).overrides()).toEqual({
    buildArg: { VERSION: "1.10", URL: "https://example.org/?a=b" },
    target: "final",
    file: "docker/Dockerfile",
  });
});

test("inputs of other actions are not read", () => {
  expect(inputs("lint", { memory: "banana", "fail-on": "never" }).overrides()).toEqual({
    failOn: "never",
  });
});

test.each([
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["FALSE", false],
])("%s is a boolean of YAML 1.2", (text, expected) => {
  expect(inputs("convert", { cache: text }).get("cache")).toBe(expected);
});

test.each(["yes", "on", "1", "tRUE", "y", "no"])("%s is none", (text) => {
  expect(() => inputs("convert", { cache: text }).get("cache")).toThrow(UsageError);
});

test.each<[Parameters<Inputs["get"]>[0], string, string]>([
  ["max-size", "banana", 'The input max-size is "banana", expected an amount of memory'],
  ["max-size-policy", "shout", "expected one of fail, warn"],
  ["profile", "v0.5\nv0.9", "on each line one of documented, v0.3, v0.4, v0.5"],
  ["cpus", "0", "expected a whole number from 1 to 255"],
  ["timeout", "30", "expected a duration"],
  ["parallel", "many", "expected a whole number from 1 to 64, or auto"],
  ["shard", "5/4", "5/4"],
  ["to", "ftp:there", "is not a place to publish to"],
  ["tags", "Hello World", "expected on each line user/repository:tag"],
  ["build-args", "VERSION", "expected KEY=value on each line"],
  ["network", "wifi", 'The input network is "wifi"'],
  ["url", "nowhere", 'The input url is "nowhere"'],
  ["ignore", "GVM3", "the id of a rule"],
  ["compression", "zip", 'The input compression is "zip"'],
])("a wrong %s (%j) is told with its name, its value and what was expected", (name, text, says) => {
  const reading = () => inputs("test", { [name]: text }).get(name);
  expect(reading).toThrow(UsageError);
  expect(reading).toThrow(`The input ${name} is `);
  expect(reading).toThrow(says);
});

test("no message has a secret in it", () => {
  const reading = () =>
    inputs("build", { "build-secrets": "s3cret-without-id" }).get("build-secrets");
  expect(reading).toThrow(
    "The input build-secrets is not of its form, expected ID=value on each line",
  );
  expect(reading).not.toThrow("s3cret");
});

test("secrets are masked as a whole, by lines and by values", () => {
  const given = { "build-secrets": "npm=abc=def\nkey= spaced ", "registry-token": "first\nsecond" };
  expect(inputs("build", given).secrets()).toEqual(["abc=def", "spaced"]);
  expect(inputs("publish", given).secrets()).toEqual(["first\nsecond", "first", "second"]);
});

test("an input that stands for a variable leaves it alone when it is empty", () => {
  const given = { "registry-token": "t0ken", "registry-user": "" };
  expect(inputs("publish", given).variables()).toEqual({ REGISTRY_TOKEN: "t0ken" });
});

test("a value with workflow commands in it is told on one line", () => {
  const reading = () => inputs("convert", { level: "1\r\n::set-output name=hash::x" }).get("level");
  expect(reading).toThrow(/^[^\n\r]*$/);
});
