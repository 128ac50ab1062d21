import type { FinalImage } from "../dockerfile/final-image.ts";
import type { Dockerfile } from "../dockerfile/parse-dockerfile.ts";
import type { Place } from "../dockerfile/source-text.ts";
import type { ByteString, EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import type { Fix, Severity } from "./finding.ts";
import type { Pragma } from "./pragmas.ts";
import type { NeedlessPragma } from "./suppression.ts";

/** What a rule can look at: the Dockerfile, the image's run configuration, the image's files. */
export type Depth = "dockerfile" | "config" | "files";

/** What an image was built for, as its configuration says. */
export interface ImagePlatform {
  /** Such as `linux`. */
  readonly os: string;
  /** Such as `amd64`. */
  readonly architecture: string;
  readonly variant?: string;
}

/** What is known of an image when rules run; each part is there when it is at hand. */
export interface LintContext {
  readonly dockerfile?: Dockerfile;
  /** What the Dockerfile says of the final image; absent when it has no stage. */
  readonly declared?: FinalImage;
  readonly config?: RunConfig;
  /** Everything in the image's file system; can be iterated again and again. */
  readonly entries?: Iterable<EntryMetadata>;
  /** First bytes of the files that rules asked for with `contents`, by path. */
  readonly contents?: ReadonlyMap<ByteString, Buffer>;
  readonly platform?: ImagePlatform;
  /** What compresses the file system of a .gvmi, such as `gzip`. */
  readonly compression?: string;
  /** Bytes of each layer as it is stored, the lowest layer first. */
  readonly layers?: readonly number[];
  /** What tests run in the VM: text for `/bin/sh -c`, or an argv. */
  readonly commands?: readonly (string | readonly string[])[];
  /** Names of base images, or what they start with, that are trusted to stay as they are. */
  readonly trusted?: readonly string[];
  /** Comments of the Dockerfile for lint. */
  readonly pragmas?: readonly Pragma[];
  /** Known when all other rules have run. */
  readonly needlessPragmas?: readonly NeedlessPragma[];
  /** Ids of all rules. */
  readonly knownRules?: readonly string[];
}

export interface RuleFinding {
  readonly place: Place;
  readonly message: string;
  /** When it differs from the rule's own. */
  readonly severity?: Severity;
  /** What to do about this one, shown apart from the message. */
  readonly cure?: string;
  /** Edits of the Dockerfile that are the cure, where they change nothing else. */
  readonly fix?: Fix;
}

/** What the page of a rule shows beside its summary, reason and cure. */
export interface RulePage {
  /** A short Dockerfile or script with the mistake. */
  readonly bad: string;
  /** The same without it. */
  readonly good: string;
  /** Which providers or profiles behave so, in a sentence. */
  readonly affected: string;
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
  readonly page: RulePage;
  /** Names of the tests that boot an image which breaks the rule, and one that keeps it. */
  readonly proof?: readonly string[];
  /**
   * How many of a file's first bytes the rule wants to read; 0 for none. What is wanted is read in one pass
   * before `check`, and is then in the context's `contents`, unless there was too much of it.
   */
  contents?(entry: EntryMetadata, config: RunConfig): number;
  check(context: LintContext): Iterable<RuleFinding>;
}
