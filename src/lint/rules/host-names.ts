import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import type { RunConfig } from "../../oci/image-config.ts";
import { displayText } from "../../system/display-text.ts";
import { effectiveVariables } from "../effective-commands.ts";
import { basePlace } from "../effective-image.ts";
import { entryScriptBytes } from "../entry-scripts.ts";
import { hostsInUrls, isOtherMachine, type NamedHost } from "../host-names.ts";
import { isOwnFile } from "../own-files.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";
import { commandLines } from "../shell-text.ts";
import { startedScripts } from "../started-scripts.ts";

const MAX_CONFIG_BYTES = 64 * 1024;
const CONFIG_NAME = /(\.(conf|cfg|cnf|ini|ya?ml|toml|properties|env)|(^|\/)\.env(\.\w+)?)$/i;
/** Read by Compose, which is not there. */
const COMPOSE_NAME = /(^|\/)(docker-)?compose[\w.-]*\.ya?ml$/i;

const HOST_VARIABLE = /_HOST(NAME)?$/;
/** Such as VIRTUAL_HOST: names that the image gives to itself. */
const OWN_HOST_VARIABLE = /^(VIRTUAL|LISTEN|BIND|SERVER|PUBLIC|ALLOWED|APP|LETSENCRYPT)_/;
const ADDRESS_VARIABLE = /(_|^)(ADDR|ADDRESS|HOST|SERVER|BROKER|ENDPOINT|UPSTREAM|BACKEND)S?$/;
const WAITING = /\b(?:wait-for(?:-it)?(?:\.sh)?|nc\s+-z\S*)\s+([a-z][\w-]*)[: ](\d{2,5})\b/;

/** One file with many of them says no more than its first. */
const MAX_FILES = 20;

export const hostNames: Rule = {
  id: "GVM016",
  name: "host-names",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "Another machine is named by a host name that no one resolves.",
  why: "A network of Golem VMs has no names: nodes reach each other by IP address only, and single words, as the services of a Compose file have them, are not names of the Internet either.",
  cure: "Let the requestor pass the node's IP address, or add the name to /etc/hosts in the init script.",
  page: {
    bad: `FROM python:3.12
ENV DB_HOST=db API=http://api:8080`,
    good: `# The requestor's init script, when it knows the address
- ["/bin/sh", "-c", "echo '192.168.0.3 db' >> /etc/hosts"]`,
    affected: "All providers.",
  },
  proof: ["a host name leads nowhere until /etc/hosts has it"],
  contents(entry: EntryMetadata, config: RunConfig) {
    return Math.max(isConfigFile(entry) ? entry.size : 0, entryScriptBytes(entry, config));
  },
  *check(context) {
    yield* fromVariables(context);
    yield* fromCommands(context);
    yield* fromFiles(context);
  },
};

const CURE =
  "Use the node's IP address, or add the name to /etc/hosts in the init script once it is known.";

function* fromVariables(context: LintContext): Generator<RuleFinding> {
  for (const { name, value, place } of effectiveVariables(context)) {
    const found = hostsInUrls(value)[0] ?? hostOfVariable(name, value);
    if (!found) continue;
    yield {
      place,
      message: `${displayText(name)} names the machine ${displayText(found.host)} (${displayText(found.written)}): there are no host names in a network of Golem VMs.`,
      cure: CURE,
    };
  }
}

function hostOfVariable(name: string, value: string): NamedHost | undefined {
  if (OWN_HOST_VARIABLE.test(name)) return undefined;
  if (HOST_VARIABLE.test(name) && isOtherMachine(value)) return { host: value, written: value };
  // One address, or the first of several.
  const [written = "", host = ""] = /^([A-Za-z][\w-]*):\d{2,5}(?=,|$)/.exec(value) ?? [];
  const isAddress = written !== "" && ADDRESS_VARIABLE.test(name) && isOtherMachine(host);
  return isAddress ? { host, written } : undefined;
}

function* fromCommands(context: LintContext): Generator<RuleFinding> {
  for (const { name, text, place } of startedScripts(context)) {
    const lines = commandLines(text);
    const [found] = lines.flatMap((line) => [...hostsInUrls(line), ...waitedFor(line)]);
    if (!found) continue;
    yield {
      place,
      message: `${name} names the machine ${displayText(found.host)} (${displayText(found.written)}): there are no host names in a network of Golem VMs.`,
      cure: CURE,
    };
  }
}

function waitedFor(line: string): NamedHost[] {
  const [, host = "", port = ""] = WAITING.exec(line) ?? [];
  return isOtherMachine(host) ? [{ host, written: `${host}:${port}` }] : [];
}

function isConfigFile({ path, size }: EntryMetadata): boolean {
  if (size > MAX_CONFIG_BYTES || !CONFIG_NAME.test(path) || COMPOSE_NAME.test(path)) return false;
  return isOwnFile(path) || /^etc\/(nginx|apache2|haproxy)\//.test(path);
}

/** Whether a program reads a file is not known, so these are only worth knowing. */
function* fromFiles(context: LintContext): Generator<RuleFinding> {
  const { contents = new Map<string, Buffer>() } = context;
  let count = 0;
  for (const [path, content] of contents) {
    if (count === MAX_FILES) return;
    if (!isConfigFile({ path, size: content.length } as EntryMetadata)) continue;
    const found = hostInConfig(content.toString("utf8"));
    if (!found) continue;
    count++;
    yield {
      place: basePlace(context),
      severity: "info",
      message: `${displayText(`/${displayName(path)}`)}, line ${found.line}, names the machine ${displayText(found.host)} (${displayText(found.written)}): there are no host names in a network of Golem VMs.`,
      cure: CURE,
    };
  }
}

function hostInConfig(text: string): (NamedHost & { line: number }) | undefined {
  const own = definedNames(text);
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(#|;|\/\/)/.test(line)) continue;
    const found = hostsInUrls(line.replace(/\s#.*$/, "")).find(({ host }) => !own.has(host));
    if (found) return { ...found, line: index + 1 };
  }
  return undefined;
}

/** Names that the file gives to something itself, such as `upstream NAME {`. */
function definedNames(text: string): Set<string> {
  const names =
    /(?:\bupstream|\bbackend|\bProxySet|balancer:\/\/)\s*([\w-]+)|^[ \t]*name:[ \t]*["']?([\w-]+)/gm;
  return new Set([...text.matchAll(names)].map(([, first, second]) => first ?? second ?? ""));
}
