import { displayText } from "../../system/display-text.ts";
import { findDownloads } from "../downloads.ts";
import { entryScriptBytes } from "../entry-scripts.ts";
import type { Rule } from "../rule.ts";
import { placeOfLine, startedScripts } from "../started-scripts.ts";

export const runtimeDownloads: Rule = {
  id: "GVM024",
  name: "runtime-downloads",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "The program's start needs the Internet.",
  why: "A Golem VM has no network unless the requestor asks for one, and reaches the Internet only on providers that offer outbound access, to hosts that the requestor has declared.",
  cure: "Download while the image is built, or let the requestor send the files.",
  page: {
    bad: `FROM python:3.12
COPY requirements.txt .
CMD pip install -r requirements.txt && python main.py`,
    good: `FROM python:3.12
COPY requirements.txt .
RUN pip install -r requirements.txt
CMD python main.py`,
    affected: "All providers; those with outbound access only when the requestor asks for it.",
  },
  proof: [
    "a download at the start fails, because there is no network",
    "a download works where the requestor asks for outbound access to its host",
  ],
  contents: entryScriptBytes,
  *check(context) {
    for (const script of startedScripts(context)) {
      const downloads = script.isShell || script.isCommand ? findDownloads(script.text) : [];
      const [first] = downloads;
      if (!first) continue;
      const more = downloads.length === 1 ? "" : ` and ${downloads.length - 1} more such commands`;
      yield {
        place: placeOfLine(script, first.line),
        message: `${displayText(script.name)} runs "${displayText(first.command)}"${more} at its start: a Golem VM has no network unless the requestor asks for one.`,
        cure: "Download while the image is built (RUN), or let the requestor send the files.",
      };
    }
  },
};
