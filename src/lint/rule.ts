import type { FinalImage } from "../dockerfile/final-image.ts";
import type { Dockerfile } from "../dockerfile/parse-dockerfile.ts";
import type { Place } from "../dockerfile/source-text.ts";
import type { EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import type { Severity } from "./finding.ts";

/** What a rule can look at: the Dockerfile, the image's run configuration, the image's files. */
export type Depth = "dockerfile" | "config" | "files";

/** What is known of an image when rules run; each part is there when it is at hand. */
export interface LintContext {
  readonly dockerfile?: Dockerfile;
  /** What the Dockerfile says of the final image; absent when it has no stage. */
  readonly declared?: FinalImage;
  readonly config?: RunConfig;
  /** Everything in the image's file system; can be iterated again and again. */
  readonly entries?: Iterable<EntryMetadata>;
}

export interface RuleFinding {
  readonly place: Place;
  readonly message: string;
  /** When it differs from the rule's own. */
  readonly severity?: Severity;
}

export interface Rule {
  readonly id: `GVM${number}`;
  /** Such as `no-volume`. */
  readonly name: string;
  readonly severity: Severity;
  /** The rule runs when at least one of these is at hand, and uses the deepest that is. */
  readonly depths: readonly Depth[];
  /** What is wrong, in one sentence. */
  readonly summary: string;
  /** How a Golem VM behaves, so that it is. */
  readonly why: string;
  /** What to do instead. */
  readonly cure: string;
  check(context: LintContext): Iterable<RuleFinding>;
}
