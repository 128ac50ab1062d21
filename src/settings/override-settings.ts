import type { Profile } from "../vm/profiles.ts";
import type { RuntimeRequest } from "../vm/runtimes/request.ts";
import type { Settings } from "./settings.ts";

/** What an edge (options of the command line, inputs of an action) says in place of a part of `golem-image.yml`. */
export type SettingOverrides = {
  file?: string;
  /** The same: its name in `golem-image.yml`. */
  dockerfile?: string;
  ignore?: string[];
  failOn?: Settings["lint"]["failOn"];
  builder?: Settings["build"]["builder"];
  buildArg?: Record<string, string>;
  target?: string;
  buildSecret?: Settings["build"]["secrets"];
  cacheFrom?: readonly string[];
  cacheTo?: readonly string[];
  output?: string;
  compression?: Settings["convert"]["compression"];
  level?: number;
  modificationTimes?: Settings["convert"]["modificationTimes"];
  maxUncompressed?: number;
  maxEntries?: number;
  maxHeader?: number;
  maxMetadata?: number;
  allowUnreadable?: boolean;
  console?: string;
  cache?: boolean;
  maxSize?: number;
  maxSizePolicy?: Settings["convert"]["maxSizePolicy"];
  runtime?: RuntimeRequest["name"];
  runtimeVersion?: string;
  runtimeSha256?: string;
  runtimeUrl?: string;
  runtimeMirror?: string;
  runtimePath?: string;
  profile?: Profile[];
  memory?: number;
  storage?: number;
  outputLimit?: number;
  totalTimeout?: number;
  cpus?: number;
  network?: Settings["vm"]["network"];
  accelerator?: Settings["vm"]["accelerator"];
  timeout?: number;
  bootTimeout?: number;
  to?: Settings["publish"]["to"];
  url?: string;
  tag?: string[];
  onConflict?: Settings["publish"]["onConflict"];
  stallTimeout?: number;
  keepLast?: number;
  keepDays?: number;
};

/** The settings with what an edge says in place of what the file says; what it leaves open stays as it is. */
export function overrideSettings(settings: Settings, options: SettingOverrides): Settings {
  const { vm } = settings;
  return {
    ...settings,
    dockerfile: options.file ?? options.dockerfile ?? settings.dockerfile,
    lint: {
      ...settings.lint,
      ignore: [...settings.lint.ignore, ...(options.ignore ?? [])],
      failOn: options.failOn ?? settings.lint.failOn,
    },
    build: {
      builder: options.builder ?? settings.build.builder,
      args: { ...settings.build.args, ...options.buildArg },
      target: options.target ?? settings.build.target,
      secrets: { ...settings.build.secrets, ...options.buildSecret },
      cacheFrom: options.cacheFrom ?? settings.build.cacheFrom,
      cacheTo: options.cacheTo ?? settings.build.cacheTo,
    },
    convert: {
      output: options.output ?? settings.convert.output,
      compression: options.compression ?? settings.convert.compression,
      level: options.level ?? settings.convert.level,
      allowUnreadable: options.allowUnreadable ?? settings.convert.allowUnreadable,
      modificationTimes: options.modificationTimes ?? settings.convert.modificationTimes,
      cache: settings.convert.cache && options.cache !== false,
      maxSize: options.maxSize ?? settings.convert.maxSize,
      maxSizePolicy: options.maxSizePolicy ?? settings.convert.maxSizePolicy,
      limits: {
        uncompressed: options.maxUncompressed ?? settings.convert.limits.uncompressed,
        entries: options.maxEntries ?? settings.convert.limits.entries,
        header: options.maxHeader ?? settings.convert.limits.header,
        metadata: options.maxMetadata ?? settings.convert.limits.metadata,
      },
    },
    vm: {
      runtime: overrideRuntime(vm.runtime, options),
      profile: options.profile?.[0] ?? vm.profile,
      profiles: options.profile ?? vm.profiles,
      memory: options.memory ?? vm.memory,
      storage: options.storage ?? vm.storage,
      outputLimit: options.outputLimit ?? vm.outputLimit,
      cpus: options.cpus ?? vm.cpus,
      network: options.network ?? vm.network,
      accelerator: options.accelerator ?? vm.accelerator,
      kernel: vm.kernel,
      console: options.console ?? vm.console,
      allowUnreadable: options.allowUnreadable ?? settings.convert.allowUnreadable,
      timeouts: {
        boot: options.bootTimeout ?? vm.timeouts.boot,
        command: options.timeout ?? vm.timeouts.command,
        total: options.totalTimeout ?? vm.timeouts.total,
      },
    },
    publish: {
      to: options.to ?? settings.publish.to,
      url: options.url ?? settings.publish.url,
      tags: options.tag ?? settings.publish.tags,
      onConflict: options.onConflict ?? settings.publish.onConflict,
      stallTimeout: options.stallTimeout ?? settings.publish.stallTimeout,
      keepLast: options.keepLast ?? settings.publish.keepLast,
      keepDays: options.keepDays ?? settings.publish.keepDays,
    },
  };
}

/** A place that an edge gives replaces that of the file, and the digest that belongs to it. */
function overrideRuntime(runtime: RuntimeRequest, options: SettingOverrides): RuntimeRequest {
  const { runtimeUrl: url, runtimeMirror: mirror, runtimePath: path } = options;
  const { runtimeVersion: version, runtimeSha256: sha256 } = options;
  const isPlaced = url !== undefined || mirror !== undefined || path !== undefined;
  const { sha256: fileSha256, ...source } = runtime;
  const isSameTarball = !isPlaced && version === undefined;
  return {
    ...(isPlaced ? { version: runtime.version } : source),
    ...(isSameTarball && { sha256: fileSha256 }),
    ...(url !== undefined && { url }),
    ...(mirror !== undefined && { mirror }),
    ...(path !== undefined && { path }),
    ...(version !== undefined && { version }),
    ...(sha256 !== undefined && { sha256 }),
    // As in the file: who names a bundle by its place wants it.
    name:
      options.runtime ?? (url !== undefined || path !== undefined ? "ya-runtime-vm" : runtime.name),
  };
}
