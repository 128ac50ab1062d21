/**
 * Whether a platform as builders write it is the one of Golem's providers: `amd64` alone, its other names
 * and its variants mean the same.
 */
export function isProvidersPlatform(platform: string): boolean {
  return /^(?:linux\/)?(?:amd64|x86_64|x86-64)(?:\/v[1-4])?$|^linux$|^$/i.test(platform);
}
