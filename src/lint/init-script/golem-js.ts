import { initCommands, staysInBackground } from "./init-commands.ts";
import { comments, describeService } from "./notes.ts";
import { quoteArgv, quoteText } from "./quoting.ts";
import type { ServiceDescription } from "./service.ts";

/** A module for golem-js 3 that rents one provider and runs the commands. */
export function golemJsModule(service: ServiceDescription): string {
  const lines = initCommands(service).map(([program = "", ...args]) => {
    return `  console.log((await exe.run(${quoteText(program)}, ${quoteArgv(args)})).stdout);\n`;
  });
  const use = staysInBackground(service)
    ? "  // Use the service here: it ends with the rental.\n"
    : "";
  return `${comments(describeService(service), "//")}import { GolemNetwork } from "@golem-sdk/golem-js";

const order = {
  demand: {
    // Or imageTag: "user/repository:tag" instead of both.
    workload: { imageHash: "<hash>", imageUrl: "<url>" },
  },
  market: {
    rentHours: 1,
    pricing: {
      model: "linear",
      maxStartPrice: 0.5,
      maxCpuPerHourPrice: 1.0,
      maxEnvPerHourPrice: 0.5,
    },
  },
};

const golem = new GolemNetwork();
try {
  await golem.connect();
  const rental = await golem.oneOf({ order });
  const exe = await rental.getExeUnit();
${lines.join("")}${use}  await rental.stopAndFinalize();
} finally {
  await golem.disconnect();
}
`;
}
