import { posix } from "node:path";
import { type Expansion, expandWord, type Variables } from "./expand.ts";
import type { DeclaredCommand, DeclaredPath, DeclaredVariable, Located } from "./final-image.ts";
import type { Instruction } from "./parse-dockerfile.ts";
import type { Place, SourceText } from "./source-text.ts";
import { readArguments } from "./stages.ts";
import { parseJsonForm, splitAtSpaces, splitQuotedWords, type Word } from "./words.ts";

/** The state that instructions change, in their order. */
export class InstructionFollower {
  private readonly scope = new Map<string, string | undefined | null>();
  private readonly environment = new Map<string, DeclaredVariable>();
  private readonly volumes: DeclaredPath[] = [];
  private readonly ports: Located<readonly string[]>[] = [];
  private readonly copies: DeclaredPath[] = [];
  private readonly invalidWords: Located<string>[] = [];
  private entrypoint: DeclaredCommand | undefined;
  private command: DeclaredCommand | undefined;
  private isCommandOfStage = false;
  private shell: readonly string[] = ["/bin/sh", "-c"];
  private workingDirectory: DeclaredPath | undefined;
  /** Where relative paths start; only the base image knows it until WORKDIR says it. */
  private directory: string | undefined;

  constructor(
    private readonly escapeCharacter: string,
    private readonly globals: Variables,
    private readonly buildArguments: Readonly<Record<string, string>>,
    private readonly isFromScratch: boolean,
  ) {
    this.directory = isFromScratch ? "/" : undefined;
  }

  get image() {
    return {
      volumes: this.volumes,
      variables: [...this.environment.values()],
      ports: this.ports,
      entrypoint: this.entrypoint,
      command: this.command,
      workingDirectory: this.workingDirectory,
      copies: this.copies,
      invalidWords: this.invalidWords,
    };
  }

  startStage(): void {
    this.isCommandOfStage = false;
  }

  follow(instruction: Instruction): void {
    const { body, place } = instruction;
    switch (instruction.keyword) {
      case "ARG":
        this.declareArguments(instruction);
        break;
      case "ENV":
        this.declareVariables(body, place);
        break;
      case "VOLUME":
        for (const word of wordsOf(body)) this.volumes.push(this.resolve(word, (path) => path));
        break;
      case "WORKDIR":
        this.changeDirectory({ text: body.text, place: body.placeAt(0) });
        break;
      case "COPY":
      case "ADD":
        this.copy(wordsOf(body));
        break;
      case "EXPOSE":
        this.ports.push({
          value: splitAtSpaces(body).map((word) => this.known(word) ?? word.text),
          place,
        });
        break;
      case "SHELL":
        this.shell = parseJsonForm(body)?.map(({ text }) => text) ?? this.shell;
        break;
      case "CMD":
        this.command = this.commandOf(body, place);
        this.isCommandOfStage = true;
        break;
      case "ENTRYPOINT":
        this.entrypoint = this.commandOf(body, place);
        // As builders do: an entry point makes an inherited command meaningless.
        if (!this.isCommandOfStage) this.command = undefined;
        break;
    }
  }

  private declareArguments(instruction: Instruction): void {
    for (const argument of readArguments(instruction, (word) => this.expand(word))) {
      const { name } = argument;
      if (this.environment.has(name)) continue;
      const outer =
        this.buildArguments[name] ?? (argument.isGiven ? undefined : this.globals.get(name));
      this.scope.set(name, outer ?? argument.value);
    }
  }

  /** `ENV name=value ...`, or the old `ENV name value`, where the rest of the line is the value. */
  private declareVariables(body: SourceText, instruction: Place): void {
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
        value: this.known({ text, place }),
        place: instruction,
      }));
    // All values of one instruction are resolved before the first is set.
    for (const variable of declared) {
      this.environment.set(variable.name, variable);
      this.scope.set(variable.name, variable.value ?? null);
    }
  }

  private changeDirectory(word: Word): void {
    this.workingDirectory = this.resolve(word, (path) => this.absolute(path));
    this.directory = this.workingDirectory.path;
  }

  private copy(words: readonly Word[]): void {
    const destination = words.at(-1);
    if (!destination || words.length < 2) return;
    this.copies.push(this.resolve(destination, (path) => this.absolute(path)));
  }

  private absolute(path: string): string | undefined {
    if (path.startsWith("/")) return posix.normalize(path);
    return this.directory === undefined ? undefined : posix.join(this.directory, path);
  }

  private resolve(word: Word, complete: (path: string) => string | undefined): DeclaredPath {
    const known = this.known(word);
    return {
      written: word.text,
      path: known === undefined ? undefined : complete(known),
      place: word.place,
    };
  }

  private known(word: Word): string | undefined {
    const expansion = this.expand(word.text);
    if (expansion.kind === "known") return expansion.value;
    if (expansion.kind === "invalid") {
      this.invalidWords.push({ value: expansion.reason, place: word.place });
    }
    return undefined;
  }

  private expand(text: string): Expansion {
    return expandWord(text, {
      variables: this.scope,
      escapeCharacter: this.escapeCharacter,
      isComplete: this.isFromScratch,
    });
  }

  /** An empty list takes back what was inherited. */
  private commandOf(body: SourceText, place: Place): DeclaredCommand | undefined {
    const argv = parseJsonForm(body)?.map(({ text }) => text) ?? [...this.shell, body.text];
    return argv.length === 0 || body.text === "" ? undefined : { argv, place };
  }
}

function wordsOf(body: SourceText): Word[] {
  return parseJsonForm(body) ?? splitAtSpaces(body);
}
