import { GolemImageError, InterruptedError } from "../errors.ts";
import { reportPath } from "../lint/report-path.ts";
import { SettingsFileError } from "../settings/settings-file-error.ts";
import type { AnnotationPlace, Log } from "./log.ts";

/** What an error says to a person, on one or more lines. */
export function describeFailure(error: unknown): { reason: string; hint: string | null } {
  if (error instanceof GolemImageError) return { reason: error.message, hint: error.hint ?? null };
  return {
    reason: `Unexpected error: ${error instanceof Error ? error.message : String(error)}`,
    hint: "This is a bug in golem-image; please report it with the lines of the log.",
  };
}

/** The one place that turns an error into an annotation; the evidence goes to the log, and a stack for a bug alone. */
export function reportFailure(error: unknown, log: Log, workspace: string): void {
  const { reason, hint } = describeFailure(error);
  if (error instanceof GolemImageError) {
    if (error.details) log.info(error.details);
  } else if (error instanceof Error) {
    log.info(error.stack ?? error.message);
  }
  const message = hint === null ? reason : `${reason}\n${hint}`;
  log.annotate("error", message, placeOf(error, workspace));
}

function placeOf(error: unknown, workspace: string): AnnotationPlace {
  if (!(error instanceof SettingsFileError)) return {};
  const [first] = error.problems;
  return { file: reportPath(error.path, workspace), ...(first && { line: first.line }) };
}

/** A job that was cancelled wants no annotation. */
export const isCancelled = (error: unknown): boolean => error instanceof InterruptedError;
