import { clipText, TextBudget } from "../../src/report/text-budget.ts";

test("what fits stays as it is", () => {
  expect(clipText("0123456789", 10)).toBe("0123456789");
});

test("of what does not fit, the beginning and the end stay", () => {
  expect(clipText("0123456789", 4)).toBe("01\n[... 6 characters are left out of this report]\n89");
});

test("what comes first is kept when there is no more room", () => {
  const budget = new TextBudget(12, 10);
  expect(budget.take("aaaaaaaaaa")).toBe("aaaaaaaaaa");
  expect(budget.take("bbbb")).toBe("b\n[... 2 characters are left out of this report]\nb");
  expect(budget.take("cc")).toBe("\n[... 2 characters are left out of this report]\n");
  expect(budget.take("")).toBe("");
});

test("control characters are visible, lines and tabs stay", () => {
  expect(new TextBudget(100, 100).take("a\tb\r\nc\u001b[31m\rd\u202e")).toBe(
    "a\tb\nc\\u001b[31m\\u000dd\\u202e",
  );
});
