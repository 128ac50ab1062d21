/** Which bundle is kept: one entry for each version, place and demanded digest. */
export interface BundleKey {
  /** The release's tag, or `local` for a tarball of this machine. */
  readonly version: string;
  /** 16 hexadecimal digits that stand for where the bundle comes from and what its digest must be. */
  readonly source: string;
}

/** Keeps unpacked runtime bundles between runs. What it gives back may be damaged: who uses it verifies it. */
export interface BundleStore {
  /** The directory of a kept bundle. */
  find(key: BundleKey): Promise<string | undefined>;

  /**
   * A directory for new bundles until they are kept, and for downloads that were cut off, with which the
   * next run goes on. It exists.
   */
  workDirectory(): Promise<string>;

  /**
   * Keeps a whole bundle, which may be moved away.
   *
   * @param isGood tells whether what is there already is as good, because another process was faster
   * @returns where the bundle is now
   */
  save(
    key: BundleKey,
    directory: string,
    isGood: (directory: string) => Promise<boolean>,
  ): Promise<string>;
}
