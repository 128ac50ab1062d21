import { KeptOutputs } from "../../src/checks/kept-outputs.ts";
import type { TestResult } from "../../src/checks/test-result.ts";
import { testResult } from "../support/profile-result.ts";

function printed(stdout: string): TestResult {
  return testResult({
    steps: [
      {
        command: ["/bin/x"],
        exitCode: 0,
        stdout: { text: stdout, truncated: false },
        stderr: { text: "", truncated: false },
        durationMs: 1,
        message: "",
      },
    ],
  });
}

function kept(outputs: KeptOutputs, stdout: string) {
  return outputs.keep(printed(stdout)).steps[0]?.stdout;
}

test("outputs are kept whole until they are too much together; then only short ones are", () => {
  const outputs = new KeptOutputs(20_000);
  const long = "ä".repeat(15_000);
  expect(kept(outputs, long)).toEqual({ text: long, truncated: false });
  const second = kept(outputs, long);
  expect(second?.truncated).toBe(true);
  expect(second?.text).toMatch(/^ä{4096}\n\[\.\.\. 10904 characters are left out/);
  expect(kept(outputs, "short")).toEqual({ text: "short", truncated: false });
});
