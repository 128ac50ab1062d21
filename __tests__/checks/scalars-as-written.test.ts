import { scalarsAsWritten } from "../../src/checks/scalars-as-written.ts";
import { parseYaml } from "../../src/settings/yaml-document.ts";

async function written(text: string): Promise<unknown> {
  const document = await parseYaml(text);
  if (Array.isArray(document)) throw new Error(document[0]?.message);
  return scalarsAsWritten(document, new Set(["exitCode"]));
}

test("numbers and truth values are text as it is written, but for the keys that want them", async () => {
  expect(await written("{a: 1.10, b: [yes, 007, 0x10], c: true, exitCode: 3}")).toEqual({
    a: "1.10",
    b: ["yes", "007", "0x10"],
    c: "true",
    exitCode: 3,
  });
});

test("so are those behind aliases and merge keys", async () => {
  const text = `
first: &first {value: 1.10, other: 0x10}
list: &list [1.10, &number 2.20]
again: {list: *list, number: *number, map: *first}
merged: {<<: *first, other: 3.30}
twice: {<<: [{value: 007}, *first]}
`;
  expect(await written(text)).toMatchObject({
    again: { list: ["1.10", "2.20"], number: "2.20", map: { value: "1.10", other: "0x10" } },
    merged: { value: "1.10", other: "3.30" },
    twice: { value: "007", other: "0x10" },
  });
});

test("keys without a value are left out", async () => {
  expect(await written("{a: , b: {c: null, d: x}}")).toEqual({ b: { d: "x" } });
});
