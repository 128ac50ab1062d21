import type { PlanInput } from "../checks/plan-tests.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { Progress } from "./progress.ts";
import type { TestingOptions } from "./test-run.ts";
import type { Selection } from "./test-selection.ts";

/** What is added to what was found, as a share of it, unless another margin is asked for. */
export const DEFAULT_MARGIN = 0.25;

/** Boots of the search for the least memory, at most, unless another number is asked for. */
export const DEFAULT_MAX_BOOTS = 30;

export interface SizeImageInput
  extends PlanInput,
    Selection,
    Pick<TestingOptions, "isolation" | "bundleStore"> {
  /** Path of the .gvmi. */
  readonly path: string;
  /** With the memory that is known to be enough, and the cores to begin with. */
  readonly vm: VmSettings;
  /** An archive of the same image, `docker:NAME` or a path, for what each layer takes. */
  readonly source?: string | undefined;
  /** Whether the image is booted to find what it needs; true by default. */
  readonly boots?: boolean | undefined;
  /** 0.25 by default. */
  readonly margin?: number | undefined;
  /** Of the search for the least memory; 30 by default. */
  readonly maxBoots?: number | undefined;
  /** VMs at a time while memory is searched, as far as memory and cores go; `auto` by default. */
  readonly parallel?: number | "auto" | undefined;
  /** Whether the image is converted with `smallest` to measure what that saves; it is estimated otherwise. */
  readonly measureSmallest?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}
