import { loadSettings } from "../settings/load-settings.ts";
import { overrideSettings, type SettingOverrides } from "../settings/override-settings.ts";
import type { Settings } from "../settings/settings.ts";
import type { ActionContext } from "./action-context.ts";

export interface ActionSettings {
  readonly settings: Settings;
  /** The directory that the Dockerfile copies from. */
  readonly context: string;
}

/**
 * The settings of the input `context` with the inputs over them.
 *
 * @param more overrides that no input has as its text
 */
export async function actionSettings(
  { inputs }: ActionContext,
  more: SettingOverrides = {},
): Promise<ActionSettings> {
  const overrides = { ...inputs.overrides(), ...more };
  const context = inputs.get("context") ?? ".";
  const { settings } = await loadSettings(context, inputs.get("settings"));
  return { settings: overrideSettings(settings, overrides), context };
}
