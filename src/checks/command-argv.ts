import type { CommandSettings } from "../settings/test-settings.ts";

/** What is run for a command as the settings have it. */
export function commandArgv(command: CommandSettings): [string, ...string[]] {
  if (typeof command === "string") return ["/bin/sh", "-c", command];
  const [program = "", ...rest] = command;
  return [program, ...rest];
}
