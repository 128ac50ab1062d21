import type { PlannedTest } from "../checks/planned-test.ts";
import type { VmSettings } from "../settings/settings.ts";
import { shellCommand } from "../system/shell-quote.ts";
import type { Profile } from "../vm/profiles.ts";
import type { TestingOptions } from "./test-run.ts";

/** What `vm:` is without settings. */
const DEFAULTS = { memory: 256, cpus: 1 } as const;

export interface RepeatInput {
  /** Path of the .gvmi. */
  readonly image: string;
  readonly profile: Profile;
  readonly vm: VmSettings;
  /** Of one test; of all of them when absent. */
  readonly test?: Pick<PlannedTest, "id" | "name" | "source"> & {
    /** Whether no other test of its file is called so. */
    readonly isNameUnique: boolean;
  };
  /** Those that decide a verdict. */
  readonly options: Pick<TestingOptions, "settingsPath" | "compatibility" | "isolation">;
}

/** The one command that repeats tests, for a shell. */
export function repeatCommand({ image, profile, vm, test, options }: RepeatInput): string {
  const { settingsPath: settings, compatibility, isolation } = options;
  const file = test?.source?.file;
  const isOfSettings = file === undefined || /(^|\/)golem-image\.yml$/.test(file);
  return shellCommand([
    "golem-image",
    "test",
    image,
    "--profile",
    profile,
    ...(vm.memory === DEFAULTS.memory ? [] : ["--memory", `${vm.memory}MiB`]),
    ...(vm.cpus === DEFAULTS.cpus ? [] : ["--cpus", String(vm.cpus)]),
    ...(vm.storage === undefined ? [] : ["--storage", `${vm.storage}MiB`]),
    ...(settings === undefined ? [] : ["--settings", settings]),
    ...(isOfSettings || file === settings ? [] : ["--tests", file]),
    ...(compatibility === undefined ? [] : ["--compat", compatibility]),
    ...(isolation === undefined ? [] : ["--isolation", isolation]),
    ...(test ? ["--only", test.isNameUnique ? `^${escapePattern(test.name)}$` : test.id] : []),
  ]);
}

/** Text as a regular expression (RE2) on one line that matches it. */
function escapePattern(text: string): string {
  return text
    .replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")
    .replace(/\p{Cc}/gu, (control) => `\\x{${control.charCodeAt(0).toString(16)}}`);
}
