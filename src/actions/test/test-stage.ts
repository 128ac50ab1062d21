import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { saveState } from "@actions/core";
import { describeTests } from "../../pipeline/describe-tests.ts";
import { runStage } from "../../pipeline/progress.ts";
import { assertTestsPassed, type TestImageResult, testImage } from "../../pipeline/test-image.ts";
import { formatAnnotations } from "../../report/format-annotations.ts";
import { formatMarkdown } from "../../report/format-markdown.ts";
import { formatVerdicts } from "../../report/format-verdicts.ts";
import { chosenTests } from "../../settings/chosen-tests.ts";
import type { VmSettings } from "../../settings/settings.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { type ActionContext, type Stage, setOutputs } from "../action-context.ts";
import { actionSettings } from "../action-settings.ts";
import { makeWorkDirectory } from "../work-directory.ts";
import { type NeededRoom, roomThatTestsTook } from "./needs.ts";
import { assertCanBoot, prepareRunner } from "./prepare-runner.ts";
import { TEMPORARY_DIRECTORY } from "./step-state.ts";
import { writeReports } from "./write-reports.ts";

type TestInput = Parameters<typeof testImage>[0];

/** Boots the image and runs its tests, on every profile that is asked for. */
export const testStage: Stage = async (context, value) => {
  const { inputs, log, progress, workspace } = context;
  const { settings } = await actionSettings(context);
  const path = inputs.require("gvmi", "there is no image to test.");
  const choices = readChoices(context);
  const isRightSized = inputs.get("right-size") ?? false;
  assertCanBoot(process);
  await useOwnTemporaryDirectory(context);
  if (inputs.get("install") ?? true) await prepareRunner(settings.vm, context);
  const directory = inputs.get("test-report") ?? (await makeWorkDirectory(context));
  await makeDirectories(directory);
  const vm: VmSettings = {
    ...settings.vm,
    console: settings.vm.console ?? join(directory, "console.txt"),
  };
  const input: TestInput = {
    path,
    vm,
    ...chosenTests(settings, choices.files),
    ...choices.options,
    ...(await bundleStore(context)),
    signal: context.signal,
    progress,
  };
  await runStage(
    "test",
    progress,
    async () => {
      const result = await testImage(input);
      setOutputs({ "test-report": directory });
      value.test = {
        ok: result.ok,
        summary: describeTests(result),
        markdown: formatMarkdown(result),
        requirements: null,
      };
      log.info(formatVerdicts(result));
      log.commands(formatAnnotations(result, workspace));
      await writeReports(result, directory, context);
      assertTestsPassed(result);
      const room = isRightSized ? await searchRoom(input) : roomThatTestsTook(result);
      if (room) {
        value.test.requirements = room;
        setOutputs({ "min-memory-gib": room.memoryGib, "min-storage-gib": room.storageGib });
      }
      return result;
    },
    (result: TestImageResult) => describeTests(result),
  );
};

/** Which tests are run, and how. Read before anything is installed: a wrong input is told at once. */
function readChoices({ inputs }: ActionContext) {
  return {
    files: inputs.get("tests"),
    options: {
      only: inputs.get("only"),
      shard: inputs.get("shard"),
      isolation: inputs.get("isolation"),
      parallel: inputs.get("parallel"),
      failFast: inputs.get("fail-fast"),
      retries: inputs.get("retries"),
      compatibility: inputs.get("compat"),
      settingsPath: inputs.get("settings"),
    },
  };
}

/** So that the post step finds what is left of a step that was killed. */
async function useOwnTemporaryDirectory({ temporaryDirectory }: ActionContext): Promise<void> {
  await makeDirectories(temporaryDirectory);
  const directory = await mkdtemp(join(temporaryDirectory, "gi-test-"));
  saveState(TEMPORARY_DIRECTORY, directory);
  process.env.TMPDIR = directory;
}

/** Runtimes are kept in the runner's tool cache where it has one. */
async function bundleStore({ environment, temporaryDirectory }: ActionContext) {
  if (!environment.RUNNER_TOOL_CACHE) return {};
  const { ToolCacheStore } = await import("../../cache/tool-cache-store.ts");
  return { bundleStore: new ToolCacheStore(temporaryDirectory) };
}

async function searchRoom(input: TestInput): Promise<NeededRoom> {
  const { readGvmi } = await import("../../gvmi/read.ts");
  const { findNeeds } = await import("../../pipeline/size-needs.ts");
  const { requirements } = await findNeeds(await readGvmi(input.path), input);
  const { minMemGib, minStorageGib } = requirements;
  return { memoryGib: minMemGib, storageGib: minStorageGib, isExact: true };
}
