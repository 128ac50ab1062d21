import { join } from "node:path";
import type { CacheStore } from "../cache/cache-store.ts";
import { DEFAULT_CACHE_LIMIT, LocalStore } from "../cache/local-store.ts";
import { SettingsError } from "../errors.ts";
import type { ImageLimits } from "../oci/image-limits.ts";
import { MEMORY_FORM, parseMemory } from "../settings/quantities.ts";
import type { ConvertSettings, LimitSettings } from "../settings/settings.ts";
import type { ModificationTimes } from "../squashfs/modification-times.ts";
import { cacheDirectory } from "../system/cache-directory.ts";
import type { ConvertOptions } from "./convert.ts";
import { requireSourceDateEpoch, sourceDateEpoch } from "./source-date-epoch.ts";

/** The settings' `convert:` as the conversion takes it. */
export function conversionOptions(
  settings: ConvertSettings,
  environment: NodeJS.ProcessEnv = process.env,
): Pick<
  ConvertOptions,
  "compression" | "level" | "allowUnreadable" | "modificationTimes" | "cache" | "limits"
> {
  return {
    compression: settings.compression,
    level: settings.level,
    allowUnreadable: settings.allowUnreadable,
    modificationTimes: modificationTimes(settings.modificationTimes, environment),
    cache: settings.cache ? localCache(environment) : undefined,
    limits: imageLimits(settings.limits),
  };
}

const MEBIBYTE = 1024 ** 2;

/** The settings' `convert.limits:` as reading an image takes them. */
export function imageLimits(settings: LimitSettings): Partial<ImageLimits> {
  const { uncompressed, entries, header, metadata } = settings;
  return {
    ...(uncompressed !== undefined && { uncompressedBytes: uncompressed * MEBIBYTE }),
    ...(entries !== undefined && { entries }),
    ...(header !== undefined && { headerBytes: header * MEBIBYTE }),
    ...(metadata !== undefined && { metadataBytes: metadata * MEBIBYTE }),
  };
}

/** @throws {SettingsError} when times are to be clamped, and SOURCE_DATE_EPOCH is not a number of seconds */
function modificationTimes(
  setting: ConvertSettings["modificationTimes"],
  environment: NodeJS.ProcessEnv,
): ModificationTimes {
  if (setting === "keep" || setting === "epoch") return setting;
  if (setting === "clamp") return { clamp: requireSourceDateEpoch(environment) };
  const clamp = sourceDateEpoch(environment);
  return clamp === undefined ? "keep" : { clamp };
}

function localCache(environment: NodeJS.ProcessEnv): CacheStore {
  const directory = join(cacheDirectory(environment), "conversions");
  const text = environment.GOLEM_IMAGE_CACHE_LIMIT;
  if (!text) return new LocalStore(directory, DEFAULT_CACHE_LIMIT);
  const mebibytes = parseMemory(text);
  if (mebibytes !== undefined) return new LocalStore(directory, mebibytes * MEBIBYTE);
  throw new SettingsError(
    `The environment variable GOLEM_IMAGE_CACHE_LIMIT is ${JSON.stringify(text)}, expected ${MEMORY_FORM}.`,
  );
}
