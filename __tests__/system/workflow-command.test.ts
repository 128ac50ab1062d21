import { workflowCommand } from "../../src/system/workflow-command.ts";

test("what would end a property or the line is escaped", () => {
  expect(workflowCommand("error", { file: "a,b:c", line: 3 }, "50%\r\n::warning::x")).toBe(
    "::error file=a%2Cb%3Ac,line=3::50%25%0D%0A::warning::x\n",
  );
});
