import type { Rule } from "../rule.ts";
import { badPragma } from "./bad-pragma.ts";
import { badVolumePath } from "./bad-volume-path.ts";
import { environmentInScript } from "./environment-in-script.ts";
import { hiddenByVolume } from "./hidden-by-volume.ts";
import { missingWorkingDirectory } from "./missing-working-directory.ts";
import { needlessPragma } from "./needless-pragma.ts";
import { nestedVolumes } from "./nested-volumes.ts";
import { noEntrypoint } from "./no-entrypoint.ts";
import { noEnvironment } from "./no-environment.ts";
import { noLifecycle } from "./no-lifecycle.ts";
import { noPorts } from "./no-ports.ts";
import { noUser } from "./no-user.ts";
import { noVolume } from "./no-volume.ts";
import { otherPlatform } from "./other-platform.ts";
import { runtimeDownloads } from "./runtime-downloads.ts";
import { syntax } from "./syntax.ts";
import { unpinnedBase } from "./unpinned-base.ts";

/** Rules that need no file of the image, though some look at files when they are there. */
export const DOCKERFILE_RULES: readonly Rule[] = [
  syntax,
  noVolume,
  noEntrypoint,
  noEnvironment,
  noPorts,
  noUser,
  noLifecycle,
  hiddenByVolume,
  missingWorkingDirectory,
  nestedVolumes,
  badVolumePath,
  otherPlatform,
  unpinnedBase,
  runtimeDownloads,
  badPragma,
  needlessPragma,
  environmentInScript,
];
