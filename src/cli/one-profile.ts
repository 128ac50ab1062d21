import { UsageError } from "../errors.ts";
import type { SettingOverrides } from "../settings/override-settings.ts";

/**
 * For a command that boots one VM. Several profiles in the settings are for its tests: their first one is taken.
 *
 * @throws {UsageError} when the command line names several
 */
export function assertOneProfile({ profile = [] }: SettingOverrides): void {
  if (profile.length < 2) return;
  throw new UsageError(
    `This command boots one VM and cannot have the profiles ${profile.join(", ")} together.`,
    { hint: "Name one, or try them all with golem-image test --profile." },
  );
}
