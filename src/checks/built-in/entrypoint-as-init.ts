import { machineOf, type TestContext, type TestOutcome } from "../planned-test.ts";
import { resolveProgram } from "../resolve-program.ts";
import { DEFAULT_OUTPUT_LIMIT_MIB } from "../run-command-step.ts";
import { Service } from "../steps/service.ts";
import { variablesOf } from "../structure/expand-variables.ts";
import { guestFiles } from "../structure/guest-files.ts";
import { withEnvironment } from "../with-environment.ts";

const MIB = 1024 * 1024;

/** How long it has to live. */
const DEFAULT_LIFE_MS = 3_000;

/**
 * Starts what ENTRYPOINT and CMD would have started, with ENV, as a requestor's init script does, and sees whether
 * it lives.
 */
export async function runEntrypointAsInit(
  context: TestContext,
  timeoutMs: number | undefined,
): Promise<TestOutcome> {
  const { gvmi } = context.image;
  const [program, ...args] = [...gvmi.entrypoint, ...gvmi.cmd];
  if (program === undefined) {
    return { problems: ["the image has neither ENTRYPOINT nor CMD"], steps: [] };
  }
  const files = guestFiles(context);
  const variables = variablesOf(gvmi.env);
  const resolved = await resolveProgram(files, program, {
    searchPath: variables.get("PATH"),
    workingDirectory: gvmi.workingDirectory,
  });
  if ("problem" in resolved) return { problems: [resolved.problem], steps: [] };
  const wrapped = await withEnvironment(files, [resolved.path, ...args], variables);
  if ("problem" in wrapped) return { problems: [wrapped.problem], steps: [] };
  const service = new Service({
    machine: machineOf(context),
    argv: wrapped.argv,
    name: "entrypoint",
    outputLimitBytes: (context.limits.outputLimitMib ?? DEFAULT_OUTPUT_LIMIT_MIB) * MIB,
  });
  const life = timeoutMs ?? DEFAULT_LIFE_MS;
  await service.waitForEnd(life);
  const problems = service.isAlive
    ? []
    : [service.endProblem() ?? `the entrypoint ended with exit code 0 within ${life / 1000} s`];
  await service.stop();
  return { problems, steps: [service.result(problems)] };
}
