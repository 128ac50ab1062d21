import { MissingToolError } from "../errors.ts";
import type { Builder, BuilderName, ReadyBuilder, UnusableBuilder } from "./builder.ts";

export interface ChosenBuilder {
  readonly name: BuilderName;
  readonly builder: ReadyBuilder;
  /** Why this one, and why not those before it: one or more full sentences. */
  readonly reason: string;
}

/**
 * The builder that was asked for, or for `auto` the first that works.
 *
 * @param builders in order of preference
 * @throws {MissingToolError} with each builder's reason and cure when none works
 */
export async function chooseBuilder(
  requested: "auto" | BuilderName,
  builders: readonly Builder[],
  signal?: AbortSignal,
): Promise<ChosenBuilder> {
  const passedOver: (UnusableBuilder & { name: BuilderName })[] = [];
  for (const candidate of builders) {
    if (requested !== "auto" && candidate.name !== requested) continue;
    const { name } = candidate;
    const availability = await candidate.probe(signal);
    if (!availability.isUsable) {
      passedOver.push({ name, ...availability });
      continue;
    }
    const used = `Builds with ${name} (${availability.description}).`;
    const others = passedOver.map(({ name: other, reason }) => ` Not ${other}: ${reason}.`);
    return { name, builder: availability, reason: used + others.join("") };
  }
  throw requested === "auto" ? noneUsable(passedOver) : requestedUnusable(requested, passedOver[0]);
}

function noneUsable(candidates: readonly (UnusableBuilder & { name: BuilderName })[]) {
  return new MissingToolError("No container builder works on this machine.", {
    hint: "Make one of them work, or convert an image that is built already: an archive of `docker save`, for example.",
    details: candidates.map(({ name, reason, cure }) => `${name}: ${reason}. ${cure}`).join("\n"),
  });
}

function requestedUnusable(name: BuilderName, unusable: UnusableBuilder | undefined) {
  return new MissingToolError(
    `Cannot build with ${name}: ${unusable?.reason ?? "there is no such builder"}.`,
    { hint: `${unusable?.cure ?? ""} Or let \`auto\` choose a builder.`.trim() },
  );
}
