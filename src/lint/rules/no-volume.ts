import { displayText } from "../../system/display-text.ts";
import { basePlace, effectiveVolumes } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const noVolume: Rule = {
  id: "GVM001",
  name: "no-volume",
  severity: "warning",
  depths: ["dockerfile", "config"],
  summary: "The image declares no VOLUME.",
  why: "Requestors can transfer files to and from volumes only, and everything outside of them is kept in the VM's RAM.",
  cure: "Declare the directories that files are transferred to and from, such as VOLUME /golem/input /golem/output.",
  page: {
    bad: `FROM debian:12
RUN apt-get update && apt-get install -y ffmpeg`,
    good: `FROM debian:12
RUN apt-get update && apt-get install -y ffmpeg
VOLUME /golem/input /golem/output`,
    affected: "All providers.",
  },
  proof: [
    "without a VOLUME there is nothing to transfer files to or from",
    "files go in and out by volumes, whichever is mounted first",
  ],
  *check(context) {
    const { declared, config } = context;
    if (config ? effectiveVolumes(context).length > 0 : declared?.volumes.length !== 0) return;
    const place = declared?.stage ?? basePlace(context);
    const isCertain = config !== undefined || (declared?.isFromScratch ?? false);
    const unless = isCertain
      ? ""
      : `, unless the base image ${displayText(declared?.base.value ?? "")} does`;
    yield {
      place,
      message: `The image declares no VOLUME${unless}: no files can be transferred to or from its VM.`,
      cure: "Add one, such as VOLUME /golem/input /golem/output.",
    };
  },
};
