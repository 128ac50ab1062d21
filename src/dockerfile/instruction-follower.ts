import { posix } from "node:path";
import type { BuildScope } from "./build-scope.ts";
import type {
  DeclaredCommand,
  DeclaredFile,
  DeclaredPath,
  DeclaredText,
  Located,
} from "./final-image.ts";
import { type Instruction, splitInstruction } from "./parse-dockerfile.ts";
import type { Place, SourceText } from "./source-text.ts";
import { parseJsonForm, splitAtSpaces, type Word } from "./words.ts";

/** The state that instructions change, in their order. */
export class InstructionFollower {
  private readonly volumes: DeclaredPath[] = [];
  private readonly ports: Located<readonly string[]>[] = [];
  private readonly copies: DeclaredPath[] = [];
  private readonly files: DeclaredFile[] = [];
  private readonly runs: Located<string>[] = [];
  private triggers: Instruction[] = [];
  private entrypoint: DeclaredCommand | undefined;
  private command: DeclaredCommand | undefined;
  private isCommandOfStage = false;
  private shell: readonly string[] = ["/bin/sh", "-c"];
  private unusedShell: Located<string> | undefined;
  private user: DeclaredText | undefined;
  private healthCheck: Located<string> | undefined;
  private stopSignal: Located<string> | undefined;
  private workingDirectory: DeclaredPath | undefined;
  /** Where relative paths start; only the base image knows it until WORKDIR says it. */
  private directory: string | undefined;

  constructor(
    private readonly scope: BuildScope,
    isFromScratch: boolean,
  ) {
    this.directory = isFromScratch ? "/" : undefined;
  }

  get image() {
    return {
      volumes: this.volumes,
      variables: this.scope.variables,
      ports: this.ports,
      entrypoint: this.entrypoint,
      command: this.command,
      workingDirectory: this.workingDirectory,
      user: this.user,
      healthCheck: this.healthCheck,
      stopSignal: this.stopSignal,
      unusedShell: this.unusedShell,
      triggers: this.triggers.map(({ keyword, place }) => ({ value: keyword, place })),
      copies: this.copies,
      files: this.files,
      runs: this.runs,
      invalidWords: this.scope.invalidWords,
    };
  }

  /** ONBUILD of the stage above runs now, once. */
  startStage(): void {
    this.isCommandOfStage = false;
    const { triggers } = this;
    this.triggers = [];
    for (const trigger of triggers) this.follow(trigger);
  }

  follow(instruction: Instruction): void {
    const { body, place } = instruction;
    switch (instruction.keyword) {
      case "ARG":
        this.scope.declareArguments(instruction);
        break;
      case "ENV":
        this.scope.declareVariables(body, place);
        break;
      case "VOLUME":
        for (const word of wordsOf(body)) this.volumes.push(this.resolve(word, (path) => path));
        break;
      case "WORKDIR":
        this.changeDirectory({ text: body.text, place: body.placeAt(0) });
        break;
      case "COPY":
      case "ADD":
        this.copy(instruction);
        break;
      case "RUN":
        this.unusedShell = undefined;
        this.runs.push({ value: scriptOf(instruction), place });
        break;
      case "EXPOSE": {
        const ports = splitAtSpaces(body).map((word) => this.scope.known(word) ?? word.text);
        if (ports.length > 0) this.ports.push({ value: ports, place });
        break;
      }
      case "USER":
        this.user = {
          written: body.text,
          value: this.scope.known({ text: body.text, place: body.placeAt(0) }),
          place,
        };
        break;
      case "HEALTHCHECK":
        this.healthCheck = /^(?:none)?$/i.test(body.text) ? undefined : { value: body.text, place };
        break;
      case "STOPSIGNAL":
        if (body.text !== "") this.stopSignal = { value: body.text, place };
        break;
      case "ONBUILD":
        this.triggers.push({ ...instruction, ...splitInstruction(body) });
        break;
      case "SHELL":
        this.shell = parseJsonForm(body)?.map(({ text }) => text) ?? this.shell;
        this.unusedShell = { value: body.text, place };
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

  private changeDirectory(word: Word): void {
    this.workingDirectory = this.resolve(word, (path) => this.absolute(path));
    this.directory = this.workingDirectory.path;
  }

  private copy({ body, heredocs }: Instruction): void {
    const words = wordsOf(body);
    const destination = words.at(-1);
    if (!destination || words.length < 2) return;
    const copy = this.resolve(destination, (path) => this.absolute(path));
    this.copies.push(copy);
    for (const { name, text, isExpanded, place } of heredocs) {
      const isDirectory = copy.path?.endsWith("/") || words.length > 2;
      const path = copy.path && isDirectory ? posix.join(copy.path, name) : copy.path;
      this.files.push({ path, text, isExpanded, place });
    }
  }

  private absolute(path: string): string | undefined {
    if (path.startsWith("/")) return posix.normalize(path);
    return this.directory === undefined ? undefined : posix.join(this.directory, path);
  }

  private resolve(word: Word, complete: (path: string) => string | undefined): DeclaredPath {
    const known = this.scope.known(word);
    return {
      written: word.text,
      path: known === undefined ? undefined : complete(known),
      place: word.place,
    };
  }

  /** An empty list takes back what was inherited. */
  private commandOf(body: SourceText, place: Place): DeclaredCommand | undefined {
    const list = parseJsonForm(body)?.map(({ text }) => text);
    if (!list) this.unusedShell = undefined;
    const argv = list ?? [...this.shell, body.text];
    return argv.length === 0 || body.text === "" ? undefined : { argv, place };
  }
}

function wordsOf(body: SourceText): Word[] {
  return parseJsonForm(body) ?? splitAtSpaces(body);
}

/** What a shell runs; of the JSON form, the words. */
function scriptOf({ body, heredocs }: Instruction): string {
  const words = parseJsonForm(body)?.map(({ text }) => text);
  if (words) return (words[1] === "-c" ? words.slice(2) : words).join(" ");
  const [only] = heredocs;
  if (only && /^<<\S+$/.test(body.text)) return isForShell(only.text) ? only.text : "";
  return [body.text, ...heredocs.map(({ name, text }) => `${text}${name}\n`)].join("\n");
}

function isForShell(script: string): boolean {
  return !script.startsWith("#!") || /^#!.*sh\b/.test(script);
}
