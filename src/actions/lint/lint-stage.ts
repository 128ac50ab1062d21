import {
  assertLintPassed,
  describeFindings,
  type LintReport,
  lintImage,
} from "../../pipeline/lint-image.ts";
import { runStage } from "../../pipeline/progress.ts";
import type { ActionContext, Stage } from "../action-context.ts";
import { type ActionSettings, actionSettings } from "../action-settings.ts";
import { reportFindings } from "./report-findings.ts";

/** Lints the Dockerfile and, where there is one already, the image. */
export const lintStage: Stage = async (context, value) => {
  const chosen = await actionSettings(context);
  const { result } = await runStage(
    "lint",
    context.progress,
    () => findAll(chosen, context),
    ({ findings }) => describeFindings(findings),
  );
  await reportFindings(result, [], context, value);
  assertLintPassed(result, chosen.settings.lint);
};

async function findAll({ settings }: ActionSettings, context: ActionContext): Promise<LintReport> {
  const { inputs, signal } = context;
  const source = inputs.get("image");
  if (source === undefined) return lintImage({ settings });
  const { withSourceImage } = await import("../../pipeline/source-image.ts");
  return withSourceImage(source, { signal, limits: settings.convert.limits }, (image) =>
    lintImage({ settings, image }),
  );
}
