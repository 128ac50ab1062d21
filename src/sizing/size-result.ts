import type { Profile } from "../vm/profiles.ts";
import type { Accelerator } from "../vm/qemu/command-line.ts";
import type { DuplicateGroup } from "./duplicates.ts";
import type { Leftover } from "./leftovers.ts";
import type { SizeNode } from "./size-tree.ts";

/** The version of the result's shape. It grows when a key changes its meaning or goes. */
export const SIZE_SCHEMA = 1;

/** What `size --json` prints. */
export interface SizeResult {
  readonly schema: typeof SIZE_SCHEMA;
  /** Path of the .gvmi. */
  readonly image: string;
  readonly durationMs: number;
  /** What the image needs of a provider; null when it was not tried. */
  readonly needs: Needs | null;
  readonly bytes: ImageBytes;
}

/** What an image needs, as it was tried under one profile. */
export interface Needs {
  readonly profile: Profile;
  readonly accelerator: Accelerator;
  /** Names of the tests that had to pass; none when only the boot was tried. */
  readonly tests: readonly string[];
  /** What was added to what was found, as a share of it. */
  readonly margin: number;
  readonly memory: MemoryNeed;
  readonly storage: StorageNeed;
  readonly cpus: CpuNeed;
  /** What a requestor asks for. */
  readonly requirements: Requirements;
}

/** A requestor's demand (`golem.inf.mem.gib`, `golem.inf.storage.gib`, `golem.inf.cpu.threads`). */
export interface Requirements {
  readonly minMemGib: number;
  readonly minStorageGib: number;
  readonly minCpuThreads: number;
}

export interface MemoryNeed {
  /** The least with which the image boots. */
  readonly bootMib: number;
  /** The least with which the tests pass as well. */
  readonly leastMib: number;
  /** By how much `leastMib` may be too large: 0 when 1 MiB less was tried and failed. */
  readonly uncertaintyMib: number;
  /** Why less is not enough, such as the end of a boot with 1 MiB less; null when nothing less was tried. */
  readonly reason: string | null;
  /** Boots of the search, in their order. */
  readonly trials: readonly MemoryTrial[];
}

/** One boot of the search. */
export interface MemoryTrial {
  readonly memoryMib: number;
  /** Whether only the boot was tried, or the tests, too. */
  readonly kind: "boot" | "tests";
  readonly ok: boolean;
  /** Why not; null when it was enough. */
  readonly reason: string | null;
  readonly durationMs: number;
}

export interface StorageNeed {
  /** The most that all volumes held together, as the sum of each one's most. */
  readonly peakBytes: number;
  readonly volumes: readonly { readonly path: string; readonly bytes: number }[];
  /** The most that was written outside volumes, which takes memory; null when it could not be measured. */
  readonly overlayBytes: number | null;
}

export interface CpuNeed {
  readonly threads: number;
  /** What was tried: cores, and milliseconds that the tests took with them. */
  readonly trials: readonly { readonly cpus: number; readonly testsMs: number }[];
  readonly reason: string;
}

/** Where the bytes of an image are. */
export interface ImageBytes {
  /** Of the whole .gvmi. */
  readonly total: number;
  readonly compression: string;
  /** Null for a compression that this program cannot look into. */
  readonly contents: ImageContents | null;
  /** Null without an archive of the image, since a .gvmi has no layers. */
  readonly layers: readonly LayerBytes[] | null;
  readonly smallest: SmallestSaving;
}

export interface ImageContents {
  readonly files: number;
  /** Of all files, uncompressed, each name of one file once. */
  readonly size: number;
  /** Compressed bytes of all files. */
  readonly storedBytes: number;
  readonly tree: SizeNode;
  readonly largest: readonly {
    readonly path: string;
    readonly size: number;
    readonly storedBytes: number;
  }[];
  readonly duplicates: readonly DuplicateGroup[];
  readonly leftovers: readonly Leftover[];
}

export interface LayerBytes {
  /** From 1, the lowest. */
  readonly number: number;
  /** The digest of the layer uncompressed. */
  readonly diffId: string;
  /** Bytes of the layer as its archive stores it. */
  readonly archiveBytes: number;
  /** Of its files that are still there in the image. */
  readonly files: number;
  readonly size: number;
  readonly storedBytes: number;
}

/** What `--compression smallest` would save. */
export interface SmallestSaving {
  /** `measured`: it was converted; `estimated`: by what a Debian system's files compress to. */
  readonly how: "measured" | "estimated" | "already";
  /** Bytes of the .gvmi then. */
  readonly total: number;
  readonly savedBytes: number;
}
