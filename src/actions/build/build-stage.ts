import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setSecret } from "@actions/core";
import { UsageError } from "../../errors.ts";
import { buildInto } from "../../pipeline/build.ts";
import { runStage } from "../../pipeline/progress.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import type { BuildSettings } from "../../settings/settings.ts";
import { removeTree } from "../../system/remove-tree.ts";
import { withTemporaryDirectory } from "../../system/temporary.ts";
import { type ActionContext, type Stage, setOutputs } from "../action-context.ts";
import { actionSettings } from "../action-settings.ts";
import type { Inputs } from "../inputs/read-inputs.ts";
import { makeWorkDirectory } from "../work-directory.ts";

/** Builds the Dockerfile into an archive that later stages find by an output. */
export const buildStage: Stage = async (context, value) => {
  const { inputs, temporaryDirectory } = context;
  inputs.overrides();
  const outputDirectory = await makeWorkDirectory(context);
  try {
    await withTemporaryDirectory(async (directory) => {
      const { settings, context: buildContext } = await actionSettings(context, {
        ...(await storeInputSecrets(inputs, directory)),
        ...layerCaches(context),
      });
      maskSecrets(settings.build, context.environment);
      const { signal, progress } = context;
      const { result } = await runStage(
        "build",
        progress,
        () => buildInto({ context: buildContext, settings, signal, progress, outputDirectory }),
        ({ builder }) => `with ${builder}`,
      );
      value.build = { builder: result.builder, reason: result.reason };
      setOutputs({ image: result.archive });
    }, temporaryDirectory);
  } catch (error) {
    await removeTree(outputDirectory);
    throw error;
  }
};

/** The values of `build-secrets` as files that only this user can read. */
async function storeInputSecrets(inputs: Inputs, directory: string): Promise<SettingOverrides> {
  const values = inputs.get("build-secrets") ?? {};
  const files = inputs.get("build-secret-files") ?? {};
  const twice = Object.keys(values).find((id) => Object.hasOwn(files, id));
  if (twice !== undefined) {
    throw new UsageError(
      `The build secret ${twice} is in both build-secrets and build-secret-files.`,
      { hint: "Leave one of them out." },
    );
  }
  const stored: Record<string, { file: string }> = {};
  for (const [index, [id, secret]] of Object.entries(values).entries()) {
    const file = join(directory, String(index));
    await writeFile(file, secret, { mode: 0o600, flag: "wx" });
    stored[id] = { file };
  }
  for (const [id, file] of Object.entries(files)) stored[id] = { file };
  return { buildSecret: stored };
}

/** Secrets that the settings name by a variable are masked, too. */
function maskSecrets({ secrets = {} }: BuildSettings, environment: NodeJS.ProcessEnv): void {
  for (const { env } of Object.values(secrets)) {
    const lines = (env === undefined ? "" : (environment[env] ?? "")).split(/\r?\n/);
    for (const line of lines.map((text) => text.trim())) if (line !== "") setSecret(line);
  }
}

/** GitHub's cache where nothing is said; builders that cannot use it do without. */
function layerCaches({ inputs, environment }: ActionContext): SettingOverrides {
  const isJob = environment.GITHUB_ACTIONS === "true";
  const chosen = (name: "cache-from" | "cache-to", fallback: string): readonly string[] => {
    const places = inputs.get(name) ?? (isJob ? [fallback] : []);
    return places.filter((place) => place !== "none");
  };
  return {
    cacheFrom: chosen("cache-from", "type=gha"),
    cacheTo: chosen("cache-to", "type=gha,mode=max"),
  };
}
