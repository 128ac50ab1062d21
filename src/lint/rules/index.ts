import type { Rule } from "../rule.ts";
import { badPragma } from "./bad-pragma.ts";
import { badVolumePath } from "./bad-volume-path.ts";
import { hiddenByVolume } from "./hidden-by-volume.ts";
import { missingWorkingDirectory } from "./missing-working-directory.ts";
import { needlessPragma } from "./needless-pragma.ts";
import { noEntrypoint } from "./no-entrypoint.ts";
import { noEnvironment } from "./no-environment.ts";
import { noPorts } from "./no-ports.ts";
import { noVolume } from "./no-volume.ts";
import { syntax } from "./syntax.ts";

/** Every rule, by id. Ids are never given to another rule. */
export const RULES: readonly Rule[] = [
  syntax,
  noVolume,
  noEntrypoint,
  noEnvironment,
  noPorts,
  hiddenByVolume,
  missingWorkingDirectory,
  badVolumePath,
  badPragma,
  needlessPragma,
];
