import type { Rule } from "../rule.ts";
import { bootFiles } from "./boot-files.ts";
import { dataInVolume } from "./data-in-volume.ts";
import { hiddenByMount } from "./hidden-by-mount.ts";
import { hostNames } from "./host-names.ts";
import { imageSize } from "./image-size.ts";
import { leftovers } from "./leftovers.ts";
import { meaninglessPrivileges } from "./meaningless-privileges.ts";
import { missingShell } from "./missing-shell.ts";
import { rootPermissions } from "./root-permissions.ts";
import { secrets } from "./secrets.ts";
import { unreadableCompression } from "./unreadable-compression.ts";
import { unrunnableProgram } from "./unrunnable-program.ts";
import { workOutsideVolumes } from "./work-outside-volumes.ts";

/** Rules that look at the image's files, or at what only a conversion knows; most know more with them. */
export const FILE_RULES: readonly Rule[] = [
  bootFiles,
  hiddenByMount,
  rootPermissions,
  dataInVolume,
  workOutsideVolumes,
  hostNames,
  missingShell,
  imageSize,
  meaninglessPrivileges,
  unreadableCompression,
  secrets,
  unrunnableProgram,
  leftovers,
];
