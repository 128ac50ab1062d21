/** The stages that are actions of their own, in the order in which the action at the root runs them. */
export const ACTION_NAMES = [
  "lint",
  "build",
  "convert",
  "test",
  "publish",
  "verify",
  "summary",
] as const;

export type ActionName = (typeof ACTION_NAMES)[number];

/** Those that the action at the root runs. */
export const ROOT_STAGES = ["lint", "build", "convert", "test", "publish"] as const;

export type RootStage = (typeof ROOT_STAGES)[number];
