import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { effectiveCommands, searchPath } from "../effective-commands.ts";
import { basePlace } from "../effective-image.ts";
import { followLinks, imageFiles } from "../image-files.ts";
import { isOwnFile } from "../own-files.ts";
import {
  isProgram,
  PROGRAM_BYTES,
  type ProgramProblem,
  programProblem,
} from "../program-problem.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

/** Where distributions put programs; scripts there may be for programs that nobody installed. */
const OF_DISTRIBUTION = /^(usr\/)?s?bin\//;
/** Bundles for several machines name them in their paths. */
const NAMES_MACHINE = /(arm|aarch64|riscv|ppc64|powerpc|s390|mips|loong|darwin|android)/i;

export const unrunnableProgram: Rule = {
  id: "GVM117",
  name: "unrunnable-program",
  severity: "warning",
  depths: ["files"],
  summary: "A program of the image cannot start.",
  why: "VMs are x86-64 machines with nothing but the image: a program of another architecture, or one whose dynamic linker or interpreter is missing, does not start. Current providers report exit code 9 and no output. A script for /usr/bin/env looks only in /bin and /usr/bin, because PATH is not there.",
  cure: "Build for linux/amd64, and on the same distribution (Alpine's musl is not Debian's glibc). Start scripts by their interpreter: /usr/local/bin/node script.js.",
  page: {
    bad: `FROM golang:1.23 AS build
RUN go build -o /tool ./cmd/tool
FROM alpine:3.20
COPY --from=build /tool /usr/local/bin/tool`,
    good: `FROM golang:1.23 AS build
RUN CGO_ENABLED=0 go build -o /tool ./cmd/tool
FROM alpine:3.20
COPY --from=build /tool /usr/local/bin/tool`,
    affected:
      "All providers. What /usr/bin/env does not find concerns those that drop ENV (profiles documented and v0.5).",
  },
  proof: [
    "programs of another machine, or without their interpreter, do not start",
    "env finds a program that only PATH leads to where ENV is passed on",
    "what was moved is there, and programs start",
  ],
  contents(entry) {
    return isProgram(entry) && isWhereProgramsAre(entry) ? PROGRAM_BYTES : 0;
  },
  *check(context) {
    if (!context.entries || !context.contents) return;
    const used = new Set<string>();
    yield* usedPrograms(context, used);
    yield* otherPrograms(context, used);
  },
};

/** Deeper in an application nobody knows what is meant to be started. */
const PROGRAM_PLACES = /^(?:[^/]+\/){0,2}[^/]+$|(^|\/)s?bin\/[^/]+$/;

function isWhereProgramsAre({ path }: EntryMetadata): boolean {
  return OF_DISTRIBUTION.test(path) || (isOwnFile(path) && PROGRAM_PLACES.test(path));
}

const SUFFIX: Readonly<Record<ProgramProblem["kind"], string>> = {
  machine: "It cannot start on any provider.",
  interpreter: "It cannot start on any provider.",
  search: "It does not start where ENV is dropped (profiles documented and v0.5).",
};

function* usedPrograms(context: LintContext, used: Set<string>): Generator<RuleFinding> {
  const files = imageFiles(context.entries ?? []);
  for (const { source, argv, place } of effectiveCommands(context)) {
    const word = argv[0] ?? "";
    const names = word.startsWith("/")
      ? [word]
      : searchPath(context).map((directory) => `${directory}/${word}`);
    const entry = names.map((name) => followLinks(files, name)).find((found) => found);
    const problem = entry && !used.has(entry.path) && programProblem(context, entry.path);
    if (!problem) continue;
    used.add(entry.path);
    yield {
      place,
      severity: problem.kind === "search" ? "warning" : "error",
      message: `${displayText(`/${displayName(entry.path)}`)} (${source}) ${problem.text}. ${SUFFIX[problem.kind]}`,
      ...(problem.kind === "search" && { cure: cureOfSearch() }),
    };
  }
}

const cureOfSearch = () =>
  "Start it by its interpreter's absolute path, or set PATH: /bin/sh -c 'PATH=... exec ...'.";

function* otherPrograms(context: LintContext, used: Set<string>): Generator<RuleFinding> {
  const found = new Map<ProgramProblem["kind"], { path: string; text: string; count: number }>();
  const files = imageFiles(context.entries ?? []);
  for (const path of context.contents?.keys() ?? []) {
    const entry = files.find(path);
    if (!entry || used.has(path) || !isProgram(entry) || !isWhereProgramsAre(entry)) continue;
    const problem = programProblem(context, path);
    if (!problem || isOfNoConcern(path, context, problem)) continue;
    const first = found.get(problem.kind);
    if (first) first.count++;
    else found.set(problem.kind, { path, text: problem.text, count: 1 });
  }
  for (const [kind, { path, text, count }] of found) {
    const others = count === 1 ? "" : ` The same holds for ${count - 1} more.`;
    yield {
      place: basePlace(context),
      severity: kind === "search" ? "info" : "warning",
      message: `${displayText(`/${displayName(path)}`)} ${text}. ${SUFFIX[kind]}${others}`,
      ...(kind === "search" && { cure: cureOfSearch() }),
    };
  }
}

function isOfNoConcern(path: string, { contents }: LintContext, { kind }: ProgramProblem): boolean {
  if (kind === "machine") return NAMES_MACHINE.test(path);
  const isScript = contents?.get(path)?.subarray(0, 2).toString("latin1") === "#!";
  return isScript && OF_DISTRIBUTION.test(path);
}
