import type { Finding } from "./finding.ts";
import { covers, type Pragma } from "./pragmas.ts";

/** A pragma, and those of its rules that leave nothing out. */
export interface NeedlessPragma {
  readonly pragma: Pragma;
  readonly rules: readonly string[];
}

/**
 * Leaves out the findings that pragmas of the Dockerfile are about.
 *
 * @param isJudged whether all that a rule could find has been looked for; of other rules nobody can say
 *   that a pragma is needless
 */
export function suppress(
  findings: readonly Finding[],
  pragmas: readonly Pragma[],
  isJudged: (rule: string) => boolean,
): { kept: Finding[]; needless: NeedlessPragma[] } {
  if (pragmas.length === 0) return { kept: [...findings], needless: [] };
  const byRule = new Map<string, Pragma[]>();
  for (const pragma of pragmas) {
    for (const rule of pragma.rules) byRule.set(rule, [...(byRule.get(rule) ?? []), pragma]);
  }
  const used = new Map<Pragma, Set<string>>();
  const kept = findings.filter(({ rule, line }) => {
    const matching = byRule.get(rule)?.filter((pragma) => covers(pragma, line)) ?? [];
    for (const pragma of matching) {
      used.set(pragma, (used.get(pragma) ?? new Set()).add(rule));
    }
    return matching.length === 0;
  });
  const needless = pragmas.flatMap((pragma) => {
    // Where no instruction is, nothing will ever be found.
    const isAnywhere = pragma.lines !== "none";
    const rules = pragma.rules.filter(
      (rule) => !used.get(pragma)?.has(rule) && (isJudged(rule) || !isAnywhere),
    );
    return rules.length === 0 ? [] : [{ pragma, rules }];
  });
  return { kept, needless };
}
