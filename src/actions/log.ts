import { printableText } from "../system/printable-text.ts";
import { workflowCommand } from "../system/workflow-command.ts";
import { neutralText } from "./neutral-text.ts";

/** Where an annotation stands. */
export interface AnnotationPlace {
  /** From the checkout's root. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
}

/** The log of a step. Whatever text it gets, the only workflow commands in it are its own. */
export class Log {
  constructor(private readonly output: { write(text: string): unknown } = process.stdout) {}

  info(text: string): void {
    this.output.write(`${neutralText(text)}\n`);
  }

  /** What `::error` and its like make of findings and tests: each a line that was escaped where it was made. */
  commands(text: string): void {
    this.output.write(text);
  }

  annotate(
    level: "error" | "warning" | "notice",
    message: string,
    { file, line }: AnnotationPlace = {},
  ): void {
    const place = {
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    };
    const text = printableText(message);
    this.output.write(workflowCommand(level, { ...place, title: "golem-image" }, text));
  }

  startGroup(name: string): void {
    this.output.write(`::group::${name}\n`);
  }

  endGroup(): void {
    this.output.write("::endgroup::\n");
  }
}
