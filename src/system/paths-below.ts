import { posix } from "node:path";

/** Whether `path` is `directory` or below it; both absolute paths of a guest. */
export function isAtOrBelow(path: string, directory: string): boolean {
  const from = withoutTrailingSlash(directory);
  const to = withoutTrailingSlash(path);
  return to === from || to.startsWith(from === "/" ? "/" : `${from}/`);
}

/** Whether `path` is below `directory`, and not that itself; both absolute paths of a guest. */
export function isBelow(path: string, directory: string): boolean {
  return (
    isAtOrBelow(path, directory) && withoutTrailingSlash(path) !== withoutTrailingSlash(directory)
  );
}

function withoutTrailingSlash(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}
