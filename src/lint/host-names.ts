/** Single words that are no other machine. */
const OWN_NAMES = new Set([
  ...["localhost", "localhost4", "localhost6", "ip6-localhost", "golem", "host", "hostname"],
  ...["example", "none", "null", "true", "false", "auto", "all", "any", "default", "unset", "yes"],
  ...["no", "on", "off", "unix", "socket", "memory", "local", "self", "undefined", "changeme"],
]);

/** Schemes behind which a host stands that has to be reached. */
const SCHEMES =
  "https?|wss?|ftp|postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|nats|tcp|udp|grpc|ldaps?|kafka|memcached|clickhouse|mqtts?|smtp|jdbc:[a-z]+";

const URL_HOST = new RegExp(
  `(?:^|[\\s"'=(\\[,<])((?:${SCHEMES})(?:\\+[a-z0-9]+)?:\\/\\/(?:[^\\s/@"']*@)?([A-Za-z][A-Za-z0-9_-]*)(?::\\d{1,5})?)(?=[/?#\\s"',;)\\]>]|$)`,
  "g",
);

/** A URL that names a machine by a word without a dot, as names of a Compose network are. */
export interface NamedHost {
  readonly host: string;
  /** As it is written, without what stands behind host and port. */
  readonly written: string;
}

/** The URLs in a text whose hosts are single words; those that the text itself defines are left out. */
export function hostsInUrls(text: string): NamedHost[] {
  const found: NamedHost[] = [];
  for (const match of text.matchAll(URL_HOST)) {
    const [, written = "", host = ""] = match;
    if (isOtherMachine(host)) found.push({ host, written: withoutPassword(written) });
  }
  return found;
}

/** Whether a word can only be the name of another machine of a network with names. */
export function isOtherMachine(word: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(word) && !OWN_NAMES.has(word.toLowerCase());
}

function withoutPassword(url: string): string {
  return url.replace(/:\/\/[^@/]*@/, "://");
}
