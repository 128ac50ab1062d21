import type { FuzzTarget } from "./fuzz-target.ts";
import { manifestTarget } from "./manifest-target.ts";
import { paxTarget } from "./pax-target.ts";
import { squashfsTarget } from "./squashfs-target.ts";
import { tarTarget } from "./tar-target.ts";
import { trailerTarget } from "./trailer-target.ts";

export const TARGET_NAMES = ["tar", "pax", "manifest", "trailer", "squashfs"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

/** @param directory for samples */
export async function openTarget(name: TargetName, directory: string): Promise<FuzzTarget> {
  switch (name) {
    case "tar":
      return tarTarget;
    case "pax":
      return paxTarget;
    case "manifest":
      return manifestTarget;
    case "trailer":
      return trailerTarget;
    case "squashfs":
      return await squashfsTarget(directory);
  }
}
