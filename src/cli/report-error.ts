import { constants } from "node:os";
import { GolemImageError, InterruptedError } from "../errors.ts";
import { escapeControls } from "../system/display-text.ts";
import { EXIT_CODES, UNEXPECTED_EXIT_CODE } from "./exit-codes.ts";
import type { Styles } from "./styles.ts";

/** The one place that turns an error into an exit code. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return 128 + constants.signals[error.signalName];
  if (error instanceof GolemImageError) return EXIT_CODES[error.kind];
  return UNEXPECTED_EXIT_CODE;
}

/** The one place that turns an error into text: message, evidence and the next step; a stack only for a bug. */
export function describeError(error: unknown, styles: Styles): string {
  if (error instanceof GolemImageError) {
    return [
      `${styles.red("error:")} ${printable(error.message)}`,
      ...(error.details ? [styles.dim(indent(printable(error.details)))] : []),
      ...(error.hint ? [`${styles.bold("next:")} ${printable(error.hint)}`] : []),
    ].join("\n");
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    `${styles.red("unexpected error:")} ${text}`,
    `${styles.bold("next:")} This is a bug in golem-image; please report it with the lines above.`,
  ].join("\n");
}

/** Line by line, so that a path with control characters cannot change what a terminal shows. */
function printable(text: string): string {
  return text.split("\n").map(escapeControls).join("\n");
}

/** The same for programs: what `--json` prints in place of a result. */
export function errorToJson(error: unknown) {
  const isExpected = error instanceof GolemImageError;
  return {
    kind: isExpected ? error.kind : "unexpected",
    message: error instanceof Error ? error.message : String(error),
    hint: (isExpected && error.hint) || null,
    details: (isExpected && error.details) || null,
    exitCode: exitCodeOf(error),
  };
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  | ${line}`)
    .join("\n");
}
