import { displayText } from "../../system/display-text.ts";
import { canUseSu, isShellName, opensRoot, staysInBackground } from "./init-commands.ts";
import type { ServiceDescription } from "./service.ts";

/** What a reader of the script should know, as lines of a comment without its mark. */
export function describeService(service: ServiceDescription): string[] {
  const { argv, variables, unknownVariables, user, ports } = service;
  const odd = variables.filter(({ name }) => !isShellName(name)).map(({ name }) => name);
  return [
    ...(argv.length === 0
      ? ["The image has no ENTRYPOINT and no CMD: there is nothing to start."]
      : []),
    ...(staysInBackground(service) && argv.length > 0
      ? [
          "The program stays in the background, because it has ports and so does not end. Send what it",
          "prints to a file in a volume instead of /dev/null to see it.",
        ]
      : []),
    ...ports.map(
      (port) =>
        `EXPOSE ${displayText(port)} has no effect: other nodes of a VPN reach it at this node's IP address.`,
    ),
    ...(user === undefined ? [] : describeUser(user)),
    ...(opensRoot(service) || argv.length === 0
      ? []
      : [
          "If the program gives up root by itself, let /bin/chmod +x / run first: some providers leave the",
          "root directory to root alone.",
        ]),
    ...unknownVariables.map(
      (name) => `Set ${displayText(name)} as well: only the build knows its value.`,
    ),
    ...odd.map((name) => `A shell cannot set ${displayText(name)}: env does.`),
  ];
}

function describeUser(user: string): string[] {
  const tool = canUseSu(user) ? "su" : "setpriv of util-linux";
  return [
    `USER ${displayText(user)} has no effect, all commands run as root: ${tool} changes to it.`,
    ...(/^\d+$/.test(user) ? ["The group is taken to have the same number."] : []),
  ];
}

/** Lines as comments. */
export function comments(lines: readonly string[], mark: string): string {
  return lines.map((line) => `${mark} ${line}\n`).join("");
}
