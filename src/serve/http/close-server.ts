import type { Server } from "node:http";

/**
 * Prepares a server for being closed.
 *
 * @returns what ends its connections: at once when no request is being answered, else when the last one is, or
 *   after `longestMs`. The returned function of that is to be called when the server is closed.
 */
export function trackRequests(server: Server): (longestMs: number) => () => void {
  let active = 0;
  let isClosing = false;
  server.on("request", (_request, response) => {
    active += 1;
    response.once("close", () => {
      active -= 1;
      // Node leaves connections alone that have had no request yet, such as those that browsers keep ready.
      if (isClosing && active === 0) server.closeAllConnections();
    });
  });
  return (longestMs) => {
    isClosing = true;
    if (active === 0) server.closeAllConnections();
    const timer = setTimeout(() => server.closeAllConnections(), longestMs);
    return () => clearTimeout(timer);
  };
}
