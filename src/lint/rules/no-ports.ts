import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const noPorts: Rule = {
  id: "GVM004",
  name: "no-ports",
  severity: "info",
  depths: ["dockerfile", "config"],
  summary: "EXPOSE has no effect.",
  why: "A Golem VM has no published ports. Nodes of one VPN reach each other's ports by IP address without it.",
  cure: "Nothing has to be done; the line can be removed.",
  page: {
    bad: `FROM nginx:1.27
EXPOSE 80`,
    good: "FROM nginx:1.27",
    affected: "All providers.",
  },
  proof: [
    "EXPOSE opens nothing",
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  *check(context) {
    const { declared, config } = context;
    const exposed = Object.keys(config?.ExposedPorts ?? {});
    if (!declared && exposed.length > 0) {
      const message = `The ports ${displayText(exposed.join(", "))} of EXPOSE are not published: nodes of one VPN reach each other's ports by IP address.`;
      yield { place: basePlace(context), message };
    }
    for (const { value: ports, place } of declared?.ports ?? []) {
      const names = displayText(ports.join(", "));
      yield {
        place,
        message: `EXPOSE ${names} has no effect in a Golem VM: nodes of one VPN reach each other's ports by IP address.`,
      };
    }
  },
};
