import type { Rule } from "../rule.ts";
import { DOCKERFILE_RULES } from "./dockerfile-rules.ts";
import { FILE_RULES } from "./file-rules.ts";

/** Every rule, by id. Ids are never given to another rule. */
export const RULES: readonly Rule[] = [...DOCKERFILE_RULES, ...FILE_RULES].sort((a, b) =>
  a.id < b.id ? -1 : 1,
);
