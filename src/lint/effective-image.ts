import type { Place } from "../dockerfile/source-text.ts";
import type { LintContext } from "./rule.ts";

export interface EffectivePath {
  readonly path: string;
  /** Where the Dockerfile says it, or names the base image that does. */
  readonly place: Place;
}

const START: Place = { line: 1, column: 1 };

/** Where findings about something that the base image brings belong. */
export function basePlace({ declared }: LintContext): Place {
  return declared?.base.place ?? START;
}

/** The image's volumes: those of its configuration, else those that the Dockerfile is known to declare. */
export function effectiveVolumes(context: LintContext): EffectivePath[] {
  const declared = (context.declared?.volumes ?? []).flatMap(({ path, place }) =>
    path === undefined ? [] : [{ path, place }],
  );
  if (!context.config) return declared;
  return Object.keys(context.config.Volumes ?? {}).map((path) => ({
    path,
    place: declared.find((volume) => volume.path === path)?.place ?? basePlace(context),
  }));
}

/** The working directory of commands, when it is known. */
export function effectiveWorkingDirectory(context: LintContext): EffectivePath | undefined {
  const declared = context.declared?.workingDirectory;
  const path = context.config ? context.config.WorkingDir || "/" : declared?.path;
  if (path === undefined) return undefined;
  return { path, place: declared?.place ?? basePlace(context) };
}
