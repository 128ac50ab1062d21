import type { ActionContext } from "../../../src/actions/action-context.ts";
import { Inputs } from "../../../src/actions/inputs/read-inputs.ts";
import { namesOfRef } from "../../../src/actions/publish/names-of-ref.ts";
import { UsageError } from "../../../src/errors.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";

function namesIn(environment: NodeJS.ProcessEnv): readonly string[] {
  const context = { inputs: new Inputs("publish", environment), environment };
  return namesOfRef(context as ActionContext);
}

describe("the input tags-from-ref", () => {
  it("gives the names of the ref that the workflow runs for", () => {
    const environment = { GITHUB_REF: "refs/heads/main", GITHUB_SHA: commit };
    expect(namesIn({ ...environment, "INPUT_TAGS-FROM-REF": "alice/hello" })).toEqual([
      "alice/hello:main",
      "alice/hello:sha-0123456",
    ]);
    expect(namesIn({ ...environment, "INPUT_TAGS-FROM-REF": "" })).toEqual([]);
  });

  it("is refused with a tag, and outside of a workflow", () => {
    const input = (text: string) => ({ "INPUT_TAGS-FROM-REF": text });
    expect(() => namesIn({ ...input("alice/hello:1.0"), GITHUB_REF: "refs/heads/main" })).toThrow(
      /The input tags-from-ref is "alice\/hello:1\.0", expected user\/repository\..*has a tag already/s,
    );
    expect(() => namesIn(input("alice/hello"))).toThrow(UsageError);
  });
});
