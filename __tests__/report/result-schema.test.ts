import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { formatReport } from "../../src/report/format-report.ts";
import { resultJsonSchema } from "../../src/report/result-schema.ts";
import { imageResult, profileResult } from "../support/profile-result.ts";
import { richResult } from "./rich-result.ts";

const file = join(__dirname, "../../docs/schema/test-result.schema.json");
const validate = new Ajv({ unknownFormats: "ignore" }).compile(resultJsonSchema());

test("the schema in docs/ is the one of the program", () => {
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(resultJsonSchema());
});

test.each([richResult(), imageResult(profileResult())])(
  "the JSON report fits its schema",
  async (result) => {
    const report = await formatReport("json", result, { root: "/", version: "1" });
    validate(JSON.parse(report));
    expect(validate.errors).toBeNull();
    expect(JSON.parse(report)).toEqual(result);
  },
);

test("keys of later versions fit, missing ones and other versions do not", () => {
  expect(validate({ ...richResult(), later: 1 })).toBe(true);
  expect(validate({ ...richResult(), schema: 2 })).toBe(false);
  const { ok: _gone, ...rest } = richResult();
  expect(validate(rest)).toBe(false);
});
