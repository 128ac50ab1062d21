import type { ReadyShell } from "../../pipeline/shell-in-image.ts";
import { REQUESTS } from "../../shell/parse-line.ts";
import type { Information, PromptContent } from "../../shell/session.ts";
import { escapeControls } from "../../system/display-text.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { describeRuntime } from "../../vm/runtime.ts";
import type { Volume } from "../../vm/volume-files.ts";
import { formatMilliseconds, formatTable } from "../format.ts";
import type { Styles } from "../styles.ts";

const MODES = {
  shell:
    "Each line runs in a /bin/sh of its own, as root. The working directory and exported variables carry over.",
  exec: "Each line is one command: the absolute path of a program, and its arguments. Nothing is expanded.",
};

/** What a person sees before the first line. */
export function welcome({ machine, mode, warning }: ReadyShell, styles: Styles): string {
  const { accelerator, reason } = machine.acceleratorChoice;
  return [
    describeRuntime(machine.runtime),
    `booted in ${formatMilliseconds(machine.readyMs)} (profile ${machine.profile}, ${accelerator.toUpperCase()}: ${reason})`,
    describeVolumes(machine.volumes),
    ...(warning ? [`${styles.yellow("warning:")} ${warning}`] : []),
    MODES[mode],
    "!help lists what else there is; Ctrl-C ends a command, Ctrl-D the session.",
  ].join("\n");
}

/** What a pipe's log holds before the first line. */
export function plainWelcome({ machine, warning }: ReadyShell, styles: Styles): string {
  return [
    describeRuntime(machine.runtime),
    describeVolumes(machine.volumes),
    ...(warning ? [`${styles.yellow("warning:")} ${warning}`] : []),
  ].join("\n");
}

export function describeInformation(information: Information): string {
  switch (information.kind) {
    case "volumes":
      return describeVolumes(information.volumes);
    case "stats":
      return formatTable(statisticsRows(information.statistics));
    case "help":
      return formatTable(REQUESTS);
  }
}

/** `golem:/golem/work# `, with the status before it when the last command failed. */
export function describePrompt(content: PromptContent, styles: Styles): string {
  if (content.isContinued) return "> ";
  const failure = content.status === 0 ? "" : `${styles.red(`[${content.status}]`)} `;
  return `${failure}${styles.bold("golem")}:${escapeControls(content.directory)}# `;
}

function describeVolumes(volumes: readonly Volume[]): string {
  if (volumes.length === 0) return "The image has no volumes.";
  return formatTable(
    volumes.map(({ guestPath, hostDirectory }) => [`volume ${guestPath}`, hostDirectory]),
  );
}

function statisticsRows(
  statistics: Extract<Information, { kind: "stats" }>["statistics"],
): [string, string][] {
  const of = (used: number, total: number) => `${formatBytes(used)} of ${formatBytes(total)}`;
  const { memoryTotal, memoryAvailable, overlayUsed, overlaySize, tmpUsed, tmpSize } = statistics;
  return [
    ["memory in use", of(memoryTotal - memoryAvailable, memoryTotal)],
    ["overlay in use", of(overlayUsed, overlaySize)],
    ["/tmp in use", of(tmpUsed, tmpSize)],
    ["processes", String(statistics.processes)],
  ];
}
