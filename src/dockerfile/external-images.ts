import type { Located } from "./final-image.ts";
import type { Stage } from "./stages.ts";

/**
 * The images from outside that a stage needs, in the order of the file, each place once: bases, and what is
 * copied or mounted from an image directly. Names with variables that only the build knows are left out.
 */
export function findExternalImages(stages: readonly Stage[], built: Stage): Located<string>[] {
  const images: (Located<string> & { readonly index: number })[] = [];
  const needed = new Set<number>();
  const pending = [stages.indexOf(built)];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const stage = stages[index];
    if (!stage || needed.has(index)) continue;
    needed.add(index);
    for (const { value, place, isBase } of references(stage)) {
      const stageIndex = findStage(stages.slice(0, index), value, isBase);
      if (stageIndex >= 0) pending.push(stageIndex);
      else if (value !== "scratch" && /^[a-z0-9]/i.test(value) && !/[$\s]/.test(value)) {
        images.push({ value, place, index });
      }
    }
  }
  return images
    .sort((a, b) => a.index - b.index || a.place.line - b.place.line)
    .map(({ value, place }) => ({ value, place }));
}

function* references(stage: Stage): Generator<Located<string> & { readonly isBase: boolean }> {
  if (stage.imageName && stage.image) {
    yield { value: stage.imageName, place: stage.image.place, isBase: true };
  }
  for (const { keyword, flags, place } of stage.instructions) {
    const from = flags.get("from");
    if (keyword === "COPY" && from) yield { value: from, place, isBase: false };
    const mounted = /(?:^|,)from=([^,]+)/.exec(flags.get("mount") ?? "")?.[1];
    if (keyword === "RUN" && mounted) yield { value: mounted, place, isBase: false };
  }
}

/** Of the stages above, the last one of that name; only COPY and mounts know numbers. */
function findStage(above: readonly Stage[], name: string, isBase: boolean): number {
  const index = above.findLastIndex((stage) => stage.name === name.toLowerCase());
  if (index >= 0 || isBase || !/^\d+$/.test(name)) return index;
  return Number(name) < above.length ? Number(name) : -1;
}
