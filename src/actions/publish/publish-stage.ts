import { UsageError } from "../../errors.ts";
import { runStage } from "../../pipeline/progress.ts";
import { publishImage } from "../../pipeline/publish-image.ts";
import type { PublishSettings } from "../../settings/settings.ts";
import { type ActionContext, type Stage, setOutputs } from "../action-context.ts";
import { actionSettings } from "../action-settings.ts";
import { whySecretsAreMissing } from "./missing-secrets.ts";
import { namesOfRef } from "./names-of-ref.ts";

/** Publishes the image, or says why it does not. */
export const publishStage: Stage = async (context, value) => {
  const { inputs, log, progress, signal } = context;
  const { settings } = await actionSettings(context);
  const { publish } = settings;
  const isOptional = inputs.get("optional") ?? false;
  const obstacle = isOptional ? await whyNot(publish, context) : undefined;
  if (obstacle !== undefined) {
    progress.stageSkipped("publish", obstacle);
    if (publish.to) log.annotate("notice", `Not published: ${obstacle}.`);
    context.skip(obstacle);
    return;
  }
  const { to } = publish;
  if (to === undefined) {
    throw new UsageError("There is no target to publish to.", {
      hint: "Set the input to of this step, or publish.to in golem-image.yml; or switch publishing off.",
    });
  }
  const path = inputs.require("gvmi", "there is no image to publish.");
  const names = [...new Set([...publish.tags, ...namesOfRef(context)])];
  const { result } = await runStage(
    "publish",
    progress,
    () =>
      publishImage({ path, name: settings.name, ...publish, to, tags: names, signal, progress }),
    ({ url }) => url,
  );
  const tags = result.names.filter(({ outcome }) => outcome !== "kept").map(({ name }) => name);
  setOutputs({
    hash: result.hash,
    url: result.url,
    package: result.package,
    tags: tags.join("\n"),
    size: result.size,
    snippets: JSON.stringify(result.snippets),
  });
  const { limitation, warnings } = result.check;
  value.publish = {
    hash: result.hash,
    url: result.url,
    package: result.package,
    size: result.size,
    tags,
    warnings: [...warnings, ...(limitation === undefined ? [] : [limitation])],
    snippets: result.snippets.map((snippet) => ({ ...snippet })),
  };
};

/** Why an image is not published where that was not asked for, as the end of a sentence. */
async function whyNot(
  { to }: PublishSettings,
  { environment }: ActionContext,
): Promise<string | undefined> {
  if (to === undefined) return "no target is set (the input to, or publish.to in golem-image.yml)";
  return whySecretsAreMissing(to, environment);
}
