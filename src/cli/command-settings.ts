import { overrideSettings, type SettingOverrides } from "../settings/override-settings.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * The settings of a context with the command line's options over them. Loaded when a command runs, because
 * most of the time that `--help` would take is spent in the YAML parser and the schema.
 */
export async function commandSettings(
  contextDirectory: string,
  options: SettingOverrides & { settings?: string },
): Promise<Settings> {
  const { loadSettings } = await import("../settings/load-settings.ts");
  const { settings } = await loadSettings(contextDirectory, options.settings);
  return overrideSettings(settings, options);
}
