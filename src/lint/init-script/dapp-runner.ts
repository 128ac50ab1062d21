import { initCommands } from "./init-commands.ts";
import { comments, describeService } from "./notes.ts";
import { hasReference, quoteArgv, quoteWordWithoutReferences } from "./quoting.ts";
import type { ServiceDescription } from "./service.ts";

/** A descriptor for dapp-runner, whose own references look like those of a shell. */
export function dappRunnerDescriptor(service: ServiceDescription): string {
  const commands = initCommands(service, {
    quote: quoteWordWithoutReferences,
    isPlain: (word) => !hasReference(word),
  });
  const lines = commands.map((argv) => `      - ${quoteArgv(argv)}\n`).join("");
  return `${comments(describeService(service), "#")}payloads:
  my-payload:
    runtime: "vm"
    params:
      image_hash: "<hash>"
      image_url: "<url>"
nodes:
  my-node:
    payload: "my-payload"
    init:${lines === "" ? " []\n" : `\n${lines}`}`;
}
