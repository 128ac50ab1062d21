import * as http from "node:http";
import * as https from "node:https";

const OPTIONS = { keepAlive: true, maxSockets: 8, maxFreeSockets: 8 } as const;

/** Connections that are used for one request after the other, until they are given back together. */
export class ConnectionPool {
  private readonly plain = new http.Agent(OPTIONS);
  private readonly encrypted = new https.Agent(OPTIONS);

  agentFor(url: URL): http.Agent {
    return url.protocol === "https:" ? this.encrypted : this.plain;
  }

  close(): void {
    this.plain.destroy();
    this.encrypted.destroy();
  }
}
