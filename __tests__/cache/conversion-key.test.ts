import { type ConversionInputs, conversionKey } from "../../src/cache/conversion-key.ts";

const inputs: ConversionInputs = {
  config: { Volumes: { "/data": {} }, Env: ["A=1"] },
  diffIds: ["sha256:aa", "sha256:bb"],
  options: { compression: "gzip", level: 6 },
  compressor: "zlib 1.3",
};

test("the same conversion has the same key, whatever the order of options and keys", () => {
  const other = {
    ...inputs,
    config: { Env: ["A=1"], Volumes: { "/data": {} } },
    options: { level: 6, compression: "gzip" },
  };
  expect(conversionKey(other)).toEqual(conversionKey(inputs));
});

test("another image has another key, whose blocks may be used", () => {
  for (const other of [
    { ...inputs, diffIds: ["sha256:bb", "sha256:aa"] },
    { ...inputs, config: { ...inputs.config, WorkingDir: "/x" } },
  ]) {
    expect(conversionKey(other).content).not.toBe(conversionKey(inputs).content);
    expect(conversionKey(other).options).toBe(conversionKey(inputs).options);
  }
});

test("blocks of other options or another compressor are never mixed in", () => {
  for (const other of [
    { ...inputs, options: { ...inputs.options, level: 9 } },
    { ...inputs, compressor: "zlib 1.4" },
  ]) {
    expect(conversionKey(other).options).not.toBe(conversionKey(inputs).options);
  }
});
