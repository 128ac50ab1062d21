import { initCommands } from "./init-commands.ts";
import { comments, describeService } from "./notes.ts";
import { quoteText } from "./quoting.ts";
import type { ServiceDescription } from "./service.ts";

/** A module for yapapi with a service that runs the commands when it starts. */
export function yapapiModule(service: ServiceDescription): string {
  const lines = initCommands(service).map(
    (argv) => `        script.run(${argv.map(quoteText).join(", ")})\n`,
  );
  return `${comments(describeService(service), "#")}from yapapi.payload import vm
from yapapi.services import Service


class MyService(Service):
    @staticmethod
    async def get_payload():
        # Or image_tag="user/repository:tag" instead of both.
        return await vm.repo(image_hash="<hash>", image_url="<url>")

    async def start(self):
        async for script in super().start():
            yield script
        script = self._ctx.new_script()
${lines.join("")}        yield script
`;
}
