import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startServer } from "./http-server.ts";

/** A port of this machine that nothing listens at now. */
export async function freePort(): Promise<number> {
  const server = await startServer(() => {});
  await server.close();
  return Number(new URL(server.url).port);
}

/** Waits until a server of another process accepts connections at a port of this machine. */
export async function waitUntilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return;
    await wait(50);
  }
  throw new Error(`Nothing listens at port ${port}.`);
}
