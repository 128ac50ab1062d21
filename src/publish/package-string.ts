/** How demands name an image, so that providers can download and verify it. */
export function packageString(hash: string, url: string): string {
  return `hash:sha3:${hash}:${url}`;
}
