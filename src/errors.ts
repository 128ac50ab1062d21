/**
 * Every failure that a person is expected to meet. `kind` decides the exit code (src/cli/exit-codes.ts).
 */
export type FailureKind =
  | "usage"
  | "settings"
  | "lint"
  | "build"
  | "source"
  | "conversion"
  | "gvmi"
  | "environment"
  | "vm"
  | "test"
  | "publish"
  | "timeout"
  | "interrupted";

export interface FailureContext {
  /** What the person can do next, as one or two full sentences. */
  hint?: string;
  /** Evidence, such as the last lines of a build or of the console; shown below the message. */
  details?: string;
  cause?: unknown;
}

/**
 * A failure with a message for a person: what failed, with which value, and why.
 * Anything else that is thrown is a bug and is reported with its stack.
 */
export abstract class GolemImageError extends Error {
  abstract readonly kind: FailureKind;
  readonly hint: string | undefined;
  readonly details: string | undefined;

  constructor(message: string, context: FailureContext = {}) {
    super(message, "cause" in context ? { cause: context.cause } : undefined);
    // Each class says its name: the bundles' identifiers are shortened.
    this.name = new.target.name;
    this.hint = context.hint;
    this.details = context.details;
  }
}

/** The command line is wrong. */
export class UsageError extends GolemImageError {
  static override readonly name = "UsageError";
  readonly kind = "usage";
}

/** `golem-image.yml` is wrong; the message names file, line and key. */
export class SettingsError extends GolemImageError {
  static override readonly name = "SettingsError";
  readonly kind = "settings";
}

/** Lint found something at or above the threshold. */
export class LintFailedError extends GolemImageError {
  static override readonly name = "LintFailedError";
  readonly kind = "lint";
}

/** The container image could not be built. */
export class BuildError extends GolemImageError {
  static override readonly name = "BuildError";
  readonly kind = "build";
}

/** An image archive cannot be read, is damaged, hostile, or not for linux/amd64. */
export class ImageSourceError extends GolemImageError {
  static override readonly name = "ImageSourceError";
  readonly kind = "source";
}

/** Writing the squashfs or the .gvmi failed. */
export class ConversionError extends GolemImageError {
  static override readonly name = "ConversionError";
  readonly kind = "conversion";
}

/** A file is not a well-formed .gvmi. */
export class GvmiFormatError extends GolemImageError {
  static override readonly name = "GvmiFormatError";
  readonly kind = "gvmi";
}

/** The machine lacks something: QEMU, a kernel with 9p, a builder, disk space. */
export class MissingToolError extends GolemImageError {
  static override readonly name = "MissingToolError";
  readonly kind = "environment";
}

/** The VM did not boot, died, or its guest agent misbehaved. */
export class VmError extends GolemImageError {
  static override readonly name = "VmError";
  readonly kind = "vm";
}

/** The VM ran, and at least one test of the image failed. */
export class TestsFailedError extends GolemImageError {
  static override readonly name = "TestsFailedError";
  readonly kind = "test";
}

/** The image could not be published, or cannot be downloaded as a provider would. */
export class PublishError extends GolemImageError {
  static override readonly name = "PublishError";
  readonly kind = "publish";
}

/** A deadline passed. */
export class DeadlineError extends GolemImageError {
  static override readonly name = "DeadlineError";
  readonly kind = "timeout";
}

/** The person (or the system, by a signal) ended the run. */
export class InterruptedError extends GolemImageError {
  static override readonly name = "InterruptedError";
  readonly kind = "interrupted";

  constructor(readonly signalName: NodeJS.Signals = "SIGINT") {
    super(`Interrupted by ${signalName}.`);
  }
}

/** An error's message as a part of another sentence: without its final dot. */
export function asClause({ message }: Error): string {
  return message.replace(/\.$/, "");
}
