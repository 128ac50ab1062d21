import type { FinalImage, Located } from "../../dockerfile/final-image.ts";
import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const noLifecycle: Rule = {
  id: "GVM006",
  name: "no-lifecycle",
  severity: "info",
  depths: ["dockerfile", "config"],
  summary: "HEALTHCHECK, STOPSIGNAL, ONBUILD and SHELL have no effect in a VM.",
  why: "A Golem VM runs the commands of a requestor and nothing else: no health checks, no signal at its end, no shell of the image's choice. ONBUILD is for images that are built from this one.",
  cure: "Nothing has to be done. What a health check tells, the requestor's script can ask for by a command of its own.",
  page: {
    bad: `FROM debian:12
HEALTHCHECK CMD curl -f http://127.0.0.1:8080/
STOPSIGNAL SIGQUIT`,
    good: `# In the script of the requestor, when it wants to know:
["/usr/bin/curl", "-f", "http://127.0.0.1:8080/"]`,
    affected: "All providers.",
  },
  proof: ["HEALTHCHECK and ONBUILD never run", "SHELL is no part of how commands are run"],
  *check(context) {
    const { declared, config } = context;
    if (declared) {
      for (const { place, value } of instructions(declared)) yield { place, message: value };
    } else if (config && isHealthCheck(config.Healthcheck)) {
      yield { place: basePlace(context), message: HEALTHCHECK };
    }
  },
};

const HEALTHCHECK = "HEALTHCHECK has no effect: nothing checks the programs in a Golem VM.";

function* instructions(image: FinalImage): Generator<Located<string>> {
  const { healthCheck, stopSignal, unusedShell, triggers } = image;
  if (healthCheck) yield { place: healthCheck.place, value: HEALTHCHECK };
  if (stopSignal) {
    const signal = displayText(stopSignal.value);
    const value = `STOPSIGNAL ${signal} has no effect: programs in a Golem VM end with the VM, without a signal.`;
    yield { place: stopSignal.place, value };
  }
  for (const { value: keyword, place } of triggers) {
    const value = `ONBUILD ${displayText(keyword)} has no effect in this image's VM: it runs when another image is built from this one.`;
    yield { place, value };
  }
  if (unusedShell) {
    const value =
      "SHELL has no effect: no instruction behind it uses it, and commands in a Golem VM name their shell themselves.";
    yield { place: unusedShell.place, value };
  }
}

function isHealthCheck(value: unknown): boolean {
  const test = (value as { Test?: unknown } | null | undefined)?.Test;
  return Array.isArray(test) && test.length > 0 && test[0] !== "NONE";
}
