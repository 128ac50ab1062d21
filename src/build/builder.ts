import type { BuildSecret } from "./build-secrets.ts";

/** In the order in which `auto` tries them. */
export const BUILDER_NAMES = ["buildx", "docker", "buildah"] as const;
export type BuilderName = (typeof BUILDER_NAMES)[number];

/** A build that was checked: every path is absolute. */
export interface BuildPlan {
  readonly context: string;
  readonly dockerfile: string;
  /** Values of build arguments by name. */
  readonly args: Readonly<Record<string, string>>;
  /** The stage to build; the last one when absent. */
  readonly target?: string;
  /** For `RUN --mount=type=secret`. */
  readonly secrets?: readonly BuildSecret[];
  /** As Buildx's `--cache-from` and `--cache-to`; other builders do without. */
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  /** Seconds since 1970: the time of the image and of what its steps write, so that it is the same each time. */
  readonly sourceDateEpoch?: number;
  /** Images that stages start from, as far as the Dockerfile alone tells. */
  readonly baseImages: readonly string[];
  /** A private directory that the caller removes. */
  readonly outputDirectory: string;
}

export interface BuildControl {
  signal?: AbortSignal;
  /** Called with each line that the builder prints. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
}

export interface BuiltArchive {
  /** Absolute path, in the plan's output directory. */
  readonly archive: string;
  readonly format: "oci-archive" | "docker-archive";
}

/** A builder that answered. */
export interface ReadyBuilder {
  readonly isUsable: true;
  /** What answered, for a person, such as "Docker engine 28.2.2". */
  readonly description: string;
  /**
   * @throws {BuildError} when the build fails or makes an image for another platform
   * @throws the abort reason; nothing of the build is left then
   */
  build(plan: BuildPlan, control: BuildControl): Promise<BuiltArchive>;
}

export interface UnusableBuilder {
  readonly isUsable: false;
  /** Why, without a full stop, such as "no Docker engine answers". */
  readonly reason: string;
  /** What to do about it, as a full sentence. */
  readonly cure: string;
}

export type Availability = ReadyBuilder | UnusableBuilder;

export interface Builder {
  readonly name: BuilderName;
  /** Finds out whether builds really work here; changes nothing. */
  probe(signal?: AbortSignal): Promise<Availability>;
}

/** The one platform that providers run. */
export const PLATFORM = "linux/amd64";

/** Milliseconds that a program may take to say whether it works. */
export const PROBE_TIMEOUT = 5000;

/** The archive's name in the output directory: builders run there, so that no path has to be quoted for them. */
export const ARCHIVE_NAME = "image.tar";
