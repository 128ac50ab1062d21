import { causeOf } from "./causes.ts";
import type { Cause, SideResult, SurroundingParity, TestParity } from "./parity-result.ts";
import type { Probe, ProbeSubject } from "./probe.ts";
import { NOT_TRIED } from "./with-tool.ts";

/** What both sides made of one test. */
export function compareTest(
  name: string,
  docker: SideResult,
  golem: SideResult,
  cause: Cause | undefined,
): TestParity {
  const differs =
    docker.verdict !== "not-run" && golem.verdict !== "not-run" && docker.verdict !== golem.verdict;
  // What fails in Docker, too, is no matter of Golem.
  const isOfGolem = golem.verdict === "failed" && docker.verdict !== "failed";
  const found = cause ?? (differs ? UNKNOWN : undefined);
  return { name, docker, golem, differs, cause: isOfGolem ? (found ?? null) : null };
}

const UNKNOWN = causeOf(
  "other",
  "No cure that was tried helps: compare what the test says on both sides.",
);

/**
 * What both sides answered to the questions; what nobody could answer is left out.
 *
 * @param docker undefined when nothing was run there
 */
export function compareSurroundings(
  probes: readonly Probe[],
  docker: ReadonlyMap<string, string> | undefined,
  golem: ReadonlyMap<string, string>,
): SurroundingParity[] {
  return probes.flatMap((probe) => {
    const onGolem = golem.get(probe.id);
    const known = docker?.get(probe.id);
    if (onGolem === undefined || onGolem.startsWith(NOT_TRIED)) return [];
    const inDocker =
      known === undefined
        ? probe.expected === undefined
          ? null
          : { text: probe.expected, how: "expected" as const }
        : { text: known, how: "run" as const };
    const differs = inDocker !== null && inDocker.text !== onGolem;
    const evidence =
      inDocker?.how === "run"
        ? "The same command was run on both sides."
        : "The command was run on Golem's side; Docker's is what the image's configuration says.";
    const { id, title, cause } = probe;
    const found = differs ? causeOf(cause, evidence) : null;
    return [{ id, title, docker: inDocker, golem: onGolem, differs, cause: found }];
  });
}

const MIB = 1024 * 1024;

/** What is known to differ without a question. */
export function knownSurroundings(
  { gvmi }: ProbeSubject,
  overlayBytes: number | undefined,
): SurroundingParity[] {
  const known: SurroundingParity[] = [];
  const entrypoint = [...gvmi.entrypoint, ...gvmi.cmd];
  if (entrypoint.length > 0) {
    known.push({
      id: "entrypoint",
      title: "What starts by itself",
      docker: { text: entrypoint.join(" "), how: "expected" },
      golem: "nothing",
      differs: true,
      cause: causeOf("entrypoint", "The image's configuration has it; the runtime starts nothing."),
    });
  }
  if (overlayBytes !== undefined) {
    known.push({
      id: "overlay",
      title: "Room outside of volumes",
      docker: { text: "the disk of the engine", how: "expected" },
      golem: `${Math.round(overlayBytes / MIB)} MiB, in memory`,
      differs: true,
      cause: causeOf("overlay", "The VM was asked."),
    });
  }
  return known;
}
