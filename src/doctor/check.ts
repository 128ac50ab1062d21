/** How well something that images are made with works on this machine. */
export type CheckStatus =
  /** As it should be. */
  | "ok"
  /** Images can be made and tested without it, slower or with less choice. */
  | "warning"
  /** Images cannot be built, converted or tested here. */
  | "problem";

export interface Check {
  /** What was looked at. */
  readonly name: string;
  readonly status: CheckStatus;
  /** What was found, without a full stop. */
  readonly detail: string;
  /** What to do about it, as full sentences; only for what is not ok. */
  readonly cure?: string;
}

export type Verdict = Omit<Check, "name">;

export const ok = (detail: string): Verdict => ({ status: "ok", detail });

export const warning = (detail: string, cure: string): Verdict => ({
  status: "warning",
  detail,
  cure,
});

export const problem = (detail: string, cure: string): Verdict => ({
  status: "problem",
  detail,
  cure,
});
