import { ConversionError } from "../../src/errors.ts";
import { encodeMetadata } from "../../src/gvmi/metadata.ts";

test("the metadata has the image's run configuration under Docker's keys, sorted", () => {
  expect(
    encodeMetadata({
      WorkingDir: "/golem/work",
      Volumes: { "/golem/output": {}, "/golem/input": {} },
      Env: ["B=2", "A=1"],
      Labels: { z: "1", a: "é" },
      Cmd: ["sh"],
    }),
  ).toBe(
    '{"Cmd":["sh"],"Env":["B=2","A=1"],"Labels":{"a":"é","z":"1"},"Volumes":{"/golem/input":{},"/golem/output":{}},"WorkingDir":"/golem/work"}',
  );
});

test("what a container makes random, the user, and empty values are left out", () => {
  const config = {
    Hostname: "0123456789ab",
    Domainname: "",
    Image: "sha256:abc",
    User: "1000:1000",
    AttachStdin: false,
    Cmd: null,
    OnBuild: [],
    Labels: {},
    StopSignal: "",
    StopTimeout: 5,
  };
  expect(encodeMetadata(config as never)).toBe('{"StopTimeout":5}');
});

test("keys that mean something to JavaScript are only keys", () => {
  const config = JSON.parse('{"Labels":{"__proto__":"x","constructor":"y"}}');
  expect(encodeMetadata(config)).toBe('{"Labels":{"__proto__":"x","constructor":"y"}}');
});

test("a configuration nested without end is refused", () => {
  let nested: unknown = {};
  for (let level = 0; level < 100_000; level++) nested = { a: nested };
  expect(() => encodeMetadata({ X: nested })).toThrow(ConversionError);
});
