import { type Expansion, expandWord, type Variables } from "./expand.ts";
import type { DeclaredVariable, Located } from "./final-image.ts";
import type { Instruction } from "./parse-dockerfile.ts";
import type { Place, SourceText } from "./source-text.ts";
import { readArguments } from "./stages.ts";
import { splitQuotedWords, type Word } from "./words.ts";

/** The variables of ARG and ENV, as they are at one place of a stage. */
export class BuildScope {
  private readonly values = new Map<string, string | undefined | null>();
  private readonly environment = new Map<string, DeclaredVariable>();
  /** Words that builders refuse. */
  readonly invalidWords: Located<string>[] = [];

  constructor(
    private readonly escapeCharacter: string,
    private readonly globals: Variables,
    private readonly buildArguments: Readonly<Record<string, string>>,
    private readonly isFromScratch: boolean,
  ) {}

  get variables(): DeclaredVariable[] {
    return [...this.environment.values()];
  }

  declareArguments(instruction: Instruction): void {
    for (const argument of readArguments(instruction, (word) => this.expand(word))) {
      const { name } = argument;
      if (this.environment.has(name)) continue;
      const outer =
        this.buildArguments[name] ?? (argument.isGiven ? undefined : this.globals.get(name));
      this.values.set(name, outer ?? argument.value);
    }
  }

  /** `ENV name=value ...`, or the old `ENV name value`, where the rest of the line is the value. */
  declareVariables(body: SourceText, instruction: Place): void {
    const words = splitQuotedWords(body, this.escapeCharacter);
    const first = words[0];
    if (!first) return;
    const pairs = first.text.includes("=")
      ? words.map(({ text, place }) => {
          const equals = text.indexOf("=");
          return { name: text.slice(0, equals), text: text.slice(equals + 1), place };
        })
      : [{ name: first.text, text: body.text.slice(first.text.length).trim(), place: first.place }];
    const declared = pairs
      .filter(({ name }) => name !== "")
      .map(({ name, text, place }) => ({
        name,
        written: text,
        value: this.known({ text, place }),
        place: instruction,
      }));
    // All values of one instruction are resolved before the first is set.
    for (const variable of declared) {
      this.environment.set(variable.name, variable);
      this.values.set(variable.name, variable.value ?? null);
    }
  }

  /** The value of a word, unless only the build knows it. */
  known(word: Word): string | undefined {
    const expansion = this.expand(word.text);
    if (expansion.kind === "known") return expansion.value;
    if (expansion.kind === "invalid") {
      this.invalidWords.push({ value: expansion.reason, place: word.place });
    }
    return undefined;
  }

  private expand(text: string): Expansion {
    return expandWord(text, {
      variables: this.values,
      escapeCharacter: this.escapeCharacter,
      isComplete: this.isFromScratch,
    });
  }
}
