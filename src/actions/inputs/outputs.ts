import type { ActionName } from "./action-names.ts";

export interface Output {
  /** A full sentence, in Markdown. */
  readonly description: string;
  readonly actions: readonly ActionName[];
  readonly kind: "text" | "path" | "whole number" | "number" | "list" | "choice";
  readonly choices?: readonly string[];
  /** Of stages alone: the action at the root hands it from one to the next. */
  readonly isStageOnly?: boolean;
}

/** Every output of every action, once. An output that is not known is empty. */
export const OUTPUTS = {
  image: {
    description: "The archive of the built image, for `image` of `convert`.",
    actions: ["build"],
    kind: "path",
    isStageOnly: true,
  },
  hash: {
    description: "The image's SHA3-224, by which the network knows it.",
    actions: ["convert", "publish", "verify"],
    kind: "text",
  },
  url: {
    description: "Where providers download it from.",
    actions: ["publish", "verify"],
    kind: "text",
  },
  package: {
    description: "What a demand names: `hash:sha3:HASH:URL`.",
    actions: ["publish", "verify"],
    kind: "text",
  },
  tags: {
    description: "The names that lead to it in the registry, one a line.",
    actions: ["publish"],
    kind: "list",
  },
  "gvmi-path": {
    description: "The `.gvmi`.",
    actions: ["convert"],
    kind: "path",
  },
  size: {
    description: "Its size in bytes.",
    actions: ["convert", "publish", "verify"],
    kind: "whole number",
  },
  sha256: {
    description: "Its SHA-256.",
    actions: ["convert"],
    kind: "text",
  },
  "cache-hit": {
    description:
      "What the cache was good for: `hit` (the same image), `near` (blocks of another one), `miss`.",
    actions: ["convert"],
    kind: "choice",
    choices: ["hit", "near", "miss"],
  },
  "lint-sarif": {
    description: "Lint's findings as SARIF, for `github/codeql-action/upload-sarif`.",
    actions: ["lint", "convert"],
    kind: "path",
  },
  "test-report": {
    description:
      "A directory with the tests' reports (`report.html`, `junit.xml`, `result.json`) and the VM's consoles, for `actions/upload-artifact`.",
    actions: ["test"],
    kind: "path",
  },
  "min-memory-gib": {
    description: "The memory that a demand should ask for, in GiB.",
    actions: ["test"],
    kind: "number",
  },
  "min-storage-gib": {
    description: "The storage that a demand should ask for, in GiB.",
    actions: ["test"],
    kind: "number",
  },
  snippets: {
    description: "Code that uses the image, as JSON: a list of `{consumer, language, code}`.",
    actions: ["publish", "verify"],
    kind: "text",
  },
} satisfies Record<string, Output>;

export type OutputName = keyof typeof OUTPUTS;
