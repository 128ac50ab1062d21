import type { DeclaredFile } from "../dockerfile/final-image.ts";
import type { Place } from "../dockerfile/source-text.ts";
import { effectiveCommands } from "./effective-commands.ts";
import { entryScripts } from "./entry-scripts.ts";
import type { LintContext } from "./rule.ts";

/** Text that runs when a container of the image starts. */
export interface StartedScript {
  /** ENTRYPOINT, CMD, or the absolute path of a script. */
  readonly name: string;
  readonly text: string;
  /** Of its first line when the Dockerfile has it as a here-document, else of what starts it. */
  readonly place: Place;
  /** Whether `place` moves on with each line of the text. */
  readonly isInDockerfile: boolean;
  /** Whether a shell reads it. */
  readonly isShell: boolean;
  /** Whether it is one command that no shell reads, its words separated by blanks. */
  readonly isCommand: boolean;
}

/**
 * What ENTRYPOINT and CMD run, as far as it is shell text or one command, and the scripts that they start:
 * of the image's files, or of here-documents while there are no files.
 */
export function startedScripts(context: LintContext): StartedScript[] {
  const commands = effectiveCommands(context).filter(({ source }) => source !== "test");
  const texts = commands.map(({ source, argv, place }) => {
    const script = shellText(argv);
    const text = script ?? argv.map(quoteBlanks).join(" ");
    return toScript(source, text, place, { isShell: script !== undefined, isCommand: !script });
  });
  const scripts = entryScripts(context).map(({ name, text, place }) => toScript(name, text, place));
  const words = commands.flatMap(({ argv }) => argv.flatMap((word) => word.split(/[\s;&|"']+/)));
  const names = new Set(words.map((word) => word.split("/").at(-1)));
  const heredocs = context.contents ? [] : (context.declared?.files ?? []);
  const declared = heredocs.flatMap((file) =>
    file.path !== undefined && names.has(file.path.split("/").at(-1))
      ? [toScript(file.path, textOf(file), file.place, { isInDockerfile: true })]
      : [],
  );
  return [...texts, ...scripts, ...declared];
}

function toScript(
  name: string,
  text: string,
  place: Place,
  properties: Partial<StartedScript> = {},
): StartedScript {
  const isShell = !text.startsWith("#!") || /^#!.*sh\b/.test(text);
  return { name, text, place, isShell, isCommand: false, isInDockerfile: false, ...properties };
}

/** The script of a shell's `-c`, when the command is one. */
export function shellText(argv: readonly string[]): string | undefined {
  const shell = argv.findIndex((word) => /(?:^|\/)(?:ba|da|a|z|k)?sh$/.test(word));
  if (shell < 0) return undefined;
  const option = argv.findIndex((word, index) => index > shell && /^-[a-z]*c$/.test(word));
  return option < 0 ? undefined : argv[option + 1];
}

/** The place of a line of a script, counted from 0. */
export function placeOfLine({ place, isInDockerfile }: StartedScript, line: number): Place {
  return isInDockerfile ? { line: place.line + line, column: 1 } : place;
}

/** A word with blanks or operators is data of the command, not more of it. */
const quoteBlanks = (word: string) => (/[\s;&|]/.test(word) ? JSON.stringify(word) : word);

/** What the build leaves of a here-document: variables are resolved unless their `$` is escaped. */
function textOf({ text, isExpanded }: DeclaredFile): string {
  if (!isExpanded) return text;
  return text.replace(/\\([\\$`])|\$(?:\{\w+\}|\w+)/g, (_, escaped) => escaped ?? "");
}
