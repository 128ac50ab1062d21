import type { SecretSource } from "../build/build-secrets.ts";
import { BUILDER_NAMES } from "../build/builder.ts";
import type { TargetDescription } from "../publish/parse-target.ts";
import type { ConflictRule } from "../publish/publish-target.ts";
import type { SquashfsCompression } from "../squashfs/squashfs-writer.ts";
import type { NetworkRequest } from "../vm/network/request.ts";
import type { Profile } from "../vm/profiles.ts";
import type { RuntimeRequest } from "../vm/runtimes/request.ts";
import type { TestSettings } from "./test-settings.ts";

export type {
  ExpectedFileSettings,
  ExpectSettings,
  GetSettings,
  PutSettings,
  TestSettings,
} from "./test-settings.ts";

export const SETTINGS_FILE_NAME = "golem-image.yml";

export const BUILDERS = ["auto", ...BUILDER_NAMES] as const;
export const ACCELERATORS = ["auto", "kvm", "tcg"] as const;
export const MODIFICATION_TIMES = ["keep", "clamp", "epoch"] as const;
export const FAIL_THRESHOLDS = ["error", "warning", "info", "never"] as const;

/** What becomes of a .gvmi that is larger than it may be. */
export const SIZE_POLICIES = ["fail", "warn"] as const;

export type Builder = (typeof BUILDERS)[number];
export type Accelerator = (typeof ACCELERATORS)[number];
export type ModificationTimesSetting = (typeof MODIFICATION_TIMES)[number];
export type SizePolicy = (typeof SIZE_POLICIES)[number];
export type FailThreshold = (typeof FAIL_THRESHOLDS)[number];

/**
 * `golem-image.yml` as the rest of the program uses it: defaults applied, durations in milliseconds,
 * memory in MiB, and every path of this machine joined with the directory of the settings file (so it
 * is relative to the working directory, or absolute, as the context's path was given).
 */
export interface Settings {
  /** Base name of what is written; letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  readonly dockerfile: string;
  readonly build: BuildSettings;
  readonly convert: ConvertSettings;
  readonly vm: VmSettings;
  readonly tests: readonly TestSettings[];
  /** Where each of `tests` is written, in their order; absent for tests that no file has. */
  readonly testSources?: readonly { readonly file: string; readonly line: number }[];
  /** Files with further tests: container-structure-test's or Golem exe-scripts. */
  readonly testFiles: readonly string[];
  readonly publish: PublishSettings;
  readonly lint: LintSettings;
}

export interface BuildSettings {
  readonly builder: Builder;
  /** Build arguments, as `--build-arg`. */
  readonly args: Readonly<Record<string, string>>;
  /** The stage to build; the last one when absent. */
  readonly target?: string;
  /** Where each secret is, by its id: what it is stands in no settings. */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** As Buildx's `--cache-from`. */
  readonly cacheFrom?: readonly string[];
  /** As Buildx's `--cache-to`. */
  readonly cacheTo?: readonly string[];
}

export interface ConvertSettings {
  /** The `.gvmi` to write; `<name>.gvmi` in the working directory when absent. */
  readonly output?: string;
  readonly compression: SquashfsCompression;
  /** 1 (fastest) to 9 (smallest), for gzip and lzo; the compressor's default when absent. */
  readonly level?: number;
  /** Whether a compression that providers cannot read is written all the same. */
  readonly allowUnreadable: boolean;
  /** `clamp`, to SOURCE_DATE_EPOCH, when absent and that is set; else `keep`. */
  readonly modificationTimes?: ModificationTimesSetting;
  /** Whether earlier conversions are used, and this one is kept. */
  readonly cache: boolean;
  /** The most MiB that the .gvmi may have; any size when absent. */
  readonly maxSize?: number;
  /** `fail` when absent. */
  readonly maxSizePolicy?: SizePolicy;
  /** What the image may cost before it is refused; the defaults are those of `oci/image-limits.ts`. */
  readonly limits: LimitSettings;
}

export interface LimitSettings {
  /** MiB of all layers uncompressed. */
  readonly uncompressed?: number;
  /** Of all layers together. */
  readonly entries?: number;
  /** MiB of one extended tar header. */
  readonly header?: number;
  /** MiB of names, links and extended attributes. */
  readonly metadata?: number;
}

export interface VmSettings {
  readonly runtime: RuntimeRequest;
  /** `documented` when absent, or what the official runtime's version decides. */
  readonly profile?: Profile;
  /** At least one: the tests are run on each. `profile` is the first one then. */
  readonly profiles?: readonly Profile[];
  /** MiB of RAM. */
  readonly memory: number;
  readonly cpus: number;
  /** MiB that each volume may hold; no limit when absent. */
  readonly storage?: number;
  /** MiB of each output of a command that are kept; what takes it decides when absent. */
  readonly outputLimit?: number;
  /** `none` when absent. */
  readonly network?: NetworkRequest;
  readonly accelerator: Accelerator;
  /** A kernel to boot instead of the one that is found or downloaded. */
  readonly kernel?: KernelSettings;
  /** The file that the VM's console is kept in. */
  readonly console?: string;
  /** Whether an image is booted that providers cannot read: as `convert.allowUnreadable`. */
  readonly allowUnreadable?: boolean;
  /** Milliseconds. */
  readonly timeouts: TimeoutSettings;
}

export interface KernelSettings {
  /** The kernel image (`vmlinuz`). */
  readonly image: string;
  /** Its directory of modules (`/lib/modules/<version>`). */
  readonly modules: string;
}

export interface TimeoutSettings {
  /** Until the guest agent answers. */
  readonly boot: number;
  /** For each command that has no timeout of its own. */
  readonly command: number;
  /** For the boot and all tests of a profile, or the command of `exec`, together. */
  readonly total: number;
}

export interface PublishSettings {
  readonly to?: TargetDescription;
  /** What the URL of a published file starts with. */
  readonly url?: string;
  /** Names of the image in a registry: `user/repository:tag`. */
  readonly tags: readonly string[];
  readonly onConflict: ConflictRule;
  /** Milliseconds in which a transfer may stand still. */
  readonly stallTimeout: number;
  /** How many of the latest images of this name stay in a directory; all when neither this nor `keepDays` is there. */
  readonly keepLast?: number;
  /** Days for which images of this name stay in a directory. */
  readonly keepDays?: number;
}

export interface LintSettings {
  /** Rules that are not run, such as `GVM003`. */
  readonly ignore: readonly string[];
  /** Severities in place of the rules' own, by rule. */
  readonly severity: Readonly<Record<string, Exclude<FailThreshold, "never">>>;
  readonly failOn: FailThreshold;
  /** Names of base images, or what they start with, that need no digest. */
  readonly trusted: readonly string[];
}
