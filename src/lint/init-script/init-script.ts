import { dappRunnerDescriptor } from "./dapp-runner.ts";
import { dotenvFile } from "./dotenv.ts";
import type { InitScriptForm } from "./forms.ts";
import { golemJsModule } from "./golem-js.ts";
import { initShellLines } from "./init-commands.ts";
import { comments, describeService } from "./notes.ts";
import type { ServiceDescription } from "./service.ts";
import { yapapiModule } from "./yapapi.ts";

/**
 * What a requestor needs in place of ENTRYPOINT, CMD, ENV and USER.
 *
 * @returns the text of a file
 */
export function initScript(form: InitScriptForm, service: ServiceDescription): string {
  switch (form) {
    case "dapp-runner":
      return dappRunnerDescriptor(service);
    case "golem-js":
      return golemJsModule(service);
    case "yapapi":
      return yapapiModule(service);
    case "env":
      return dotenvFile(service);
    case "sh":
      return `#!/bin/sh\n${comments(describeService(service), "#")}${initShellLines(service)
        .map((line) => `${line}\n`)
        .join("")}`;
  }
}
