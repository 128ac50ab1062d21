import { UsageError } from "../../errors.ts";
import { parseIpv4 } from "./ipv4.ts";

/** What a VM may reach: as on a provider, one port of one host, by TCP or by UDP. */
export interface OutboundTarget {
  /** As it was given. */
  readonly url: string;
  readonly protocol: "tcp" | "udp";
  /** A name, or a dotted IPv4 address. */
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
  "ftp:": 21,
};

/** The only other ones whose packets are known, with a port. */
const BARE_PROTOCOLS = ["tcp:", "udp:"];

/** Where user-mode networking has this machine's loopback (QEMU's default). */
export const HOST_LOOPBACK = "10.0.2.2";

/**
 * Reads a URL that a VM may reach. Only host and port count, as on a provider: the path is the program's own.
 *
 * @throws {UsageError}
 */
export function parseOutboundUrl(text: string): OutboundTarget {
  const refuse = (why: string): never => {
    throw new UsageError(`Invalid URL for outbound access: ${JSON.stringify(text)}: ${why}.`, {
      hint: "Write one such as https://example.org, or tcp://HOST:PORT or udp://HOST:PORT.",
    });
  };
  const url = URL.canParse(text) ? new URL(text) : refuse("it is not a URL");
  const isBare = BARE_PROTOCOLS.includes(url.protocol);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (!isBare && defaultPort === undefined) {
    refuse(`its scheme is none of ${[...Object.keys(DEFAULT_PORTS), ...BARE_PROTOCOLS].join(" ")}`);
  }
  if (url.username !== "" || url.password !== "") refuse("it has credentials, which nothing uses");
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (host === "") refuse("it has no host");
  if (host.startsWith("[")) refuse("providers give IPv4 only");
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host)) refuse("its host is not a name");
  if (isLoopback(host)) {
    refuse(`${host} is the VM itself; this machine's loopback is ${HOST_LOOPBACK} there`);
  }
  const port = url.port === "" ? (defaultPort ?? refuse("it has no port")) : Number(url.port);
  if (port === 0) refuse("port 0 cannot be reached");
  return { url: text, protocol: url.protocol === "udp:" ? "udp" : "tcp", host, port };
}

function isLoopback(host: string): boolean {
  const address = parseIpv4(host);
  if (address === undefined) return host === "localhost" || host.endsWith(".localhost");
  return address >>> 24 === 127 || address === 0;
}
