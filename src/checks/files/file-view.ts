/** What there is at a path, as stat(2) tells. */
export interface FoundFile {
  /** With the type (inode(7)). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

export type FileContent =
  | { readonly bytes: Buffer; readonly isCut: boolean }
  | { readonly problem: string };

/** The files of an image: at rest, or as a running VM shows them. Paths are absolute. */
export interface FileView {
  /** Symbolic links above the path's end are followed, one at its end is not. */
  find(path: string): Promise<FoundFile | undefined>;
  /** Symbolic links are followed. */
  follow(path: string): Promise<FoundFile | undefined>;
  /** The first bytes of a regular file, symbolic links followed. */
  read(path: string, limit: number): Promise<FileContent>;
  /** Names in a directory; none when there is no such directory. */
  list(path: string): Promise<string[]>;
}

const TYPE_MASK = 0o170000;
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

export function isDirectory({ mode }: FoundFile): boolean {
  return (mode & TYPE_MASK) === DIRECTORY;
}

export function isRegular({ mode }: FoundFile): boolean {
  return (mode & TYPE_MASK) === REGULAR;
}

/** Why there is no content to read at a path; undefined when there is. */
export function contentProblem(path: string, file: FoundFile | undefined): string | undefined {
  if (file === undefined) return `${path} does not exist`;
  if (isDirectory(file)) return `${path} is a directory`;
  return isRegular(file) ? undefined : `${path} is not a regular file`;
}
