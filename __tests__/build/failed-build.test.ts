import { runBuildStep } from "../../src/build/failed-build.ts";
import { BuildError } from "../../src/errors.ts";

/** The error of a build step that prints `text` and ends with `exitCode`. */
async function failure(text: string, exitCode = 3): Promise<BuildError> {
  const script = `process.stderr.write(${JSON.stringify(text)}); process.exitCode = ${exitCode};`;
  const command = { program: process.execPath, args: ["-e", script] };
  const error = await runBuildStep("buildx", "build the image", command, {}).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BuildError);
  return error as BuildError;
}

describe("a failed build", () => {
  it("names the builder and the exit code, and shows the last 20 lines", async () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n\n`).join("");
    const { message, details } = await failure(text);
    expect(message).toBe("buildx failed to build the image (exit code 3).");
    const shown = (details ?? "").split("\n");
    expect(shown).toHaveLength(20);
    expect([shown[0], shown.at(-1)]).toEqual(["line 11", "line 30"]);
  });

  it("shows nothing that could move the cursor or fill the screen", async () => {
    const { details = "" } = await failure(
      `\x1b[2J\x1b[31mred\x1b[0m\x07\r end\n${"x".repeat(10_000)}\n`,
    );
    expect(details).toMatch(/^red end\nx{500}…$/);
  });

  it.each([
    ['Error: short-name "foo/bar" did not resolve to an alias', /FROM docker\.io/],
    ["write /x: no space left on device", /disk space/],
    ["pinging container registry registry-1.docker.io: no such host", /reaches its registry/],
    ['failed to do request: Get "https://registry.example/v2/": dial tcp', /reaches its registry/],
  ])("explains %s", async (text, hint) => {
    expect((await failure(text)).hint).toMatch(hint);
  });

  it("says nothing more of a command that simply failed", async () => {
    expect((await failure("exit status 1")).hint).toBeUndefined();
  });
});
