import { judgeJson } from "../../src/checks/json-fields.ts";

const TEXT = '{"list":[{"a":1},"x"],"":{"~/":true},"text":"one\\ntwo","none":null}';

test.each([
  { at: "/list/0", equals: { a: 1 } },
  { at: "", matches: "^\\{" },
  { at: "//~0~1", equals: true },
  { at: "/text", matches: "^one\n" },
  { at: "/list/0/a", matches: "^1$" },
  { at: "/none", equals: null },
  { at: "/none" },
])("holds: %j", async (field) => {
  expect(await judgeJson([field], { text: TEXT }, [])).toEqual([]);
});

test.each([
  [{ at: "/list/2" }, "stdout has nothing at /list/2"],
  [{ at: "/list/00" }, "stdout has nothing at /list/00"],
  [{ at: "/list/length" }, "stdout has nothing at /list/length"],
  [{ at: "/text/length" }, "stdout has nothing at /text/length"],
  [{ at: "/list/1", equals: "y" }, 'stdout at /list/1 is "x", expected "y"'],
  [{ at: "", equals: 1 }, "stdout at its root is {"],
  [{ at: "/text", matches: "^two" }, "stdout at /text does not match /^two/"],
])("does not hold: %j", async (field, message) => {
  const problems = await judgeJson([field], { text: TEXT }, []);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(message);
});

test("what is no JSON is said to be none", async () => {
  expect((await judgeJson([{ at: "/a" }], { text: "oops" }, []))[0]).toMatch(
    /^stdout is not JSON: /,
  );
});

test.each([{ equals: 1 }, { equals: [[]] }, { matches: "x" }, {}])(
  "what a guest nests too deeply is a difference like others: %j",
  async (wanted) => {
    const text = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    expect(await judgeJson([{ at: "/a", ...wanted }], { text }, [])).toEqual([
      "stdout at /a is nested more than 500 levels deep",
    ]);
    expect(await judgeJson([{ at: "/b" }], { text }, [])).toEqual(["stdout has nothing at /b"]);
  },
);

test("of JSON that was not kept whole it is said why it cannot be read", async () => {
  const [problem] = await judgeJson([{ at: "/a" }], { text: "[1", cut: "it was too long" }, []);
  expect(problem).toBe("stdout cannot be read as JSON: it was too long");
});
