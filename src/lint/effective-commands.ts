import type { Place } from "../dockerfile/source-text.ts";
import { basePlace } from "./effective-image.ts";
import type { LintContext } from "./rule.ts";

export interface EffectiveCommand {
  readonly source: "ENTRYPOINT" | "CMD" | "test";
  readonly argv: readonly string[];
  readonly place: Place;
}

/** What the image starts in a container, and what tests run in the VM; shell text as the shell's argv. */
export function effectiveCommands(context: LintContext): EffectiveCommand[] {
  const { declared, config, commands = [] } = context;
  const base = basePlace(context);
  const found: EffectiveCommand[] = [];
  const add = (source: EffectiveCommand["source"], argv?: readonly string[], place = base) => {
    if (argv && argv.length > 0) found.push({ source, argv, place });
  };
  add(
    "ENTRYPOINT",
    config ? config.Entrypoint : declared?.entrypoint?.argv,
    declared?.entrypoint?.place,
  );
  add("CMD", config ? config.Cmd : declared?.command?.argv, declared?.command?.place);
  for (const command of commands) {
    add("test", typeof command === "string" ? ["/bin/sh", "-c", command] : command);
  }
  return found;
}

export interface EffectiveVariable {
  readonly name: string;
  readonly value: string;
  /** Where the Dockerfile sets it, or names the base image that does. */
  readonly place: Place;
}

/** The image's variables whose values are known. */
export function effectiveVariables(context: LintContext): EffectiveVariable[] {
  const declared = context.declared?.variables ?? [];
  if (!context.config) {
    return declared.flatMap(({ name, value, place }) =>
      value === undefined ? [] : [{ name, value, place }],
    );
  }
  return (context.config.Env ?? []).map((pair) => {
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const place = declared.find((variable) => variable.name === name)?.place ?? basePlace(context);
    return { name, value: equals < 0 ? "" : pair.slice(equals + 1), place };
  });
}

/** Where shells look when there is no PATH: what the image's commands are looked for in. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The directories of the image's PATH, absolute. */
export function searchPath(context: LintContext): string[] {
  const path = effectiveVariables(context).find(({ name }) => name === "PATH")?.value;
  return (path || DEFAULT_PATH).split(":").filter((directory) => directory.startsWith("/"));
}
