import type { IncomingMessage } from "node:http";

export interface LeastRate {
  readonly windowMs: number;
  /** Bytes that have to come in each window; a body that is whole is fine. */
  readonly bytes: number;
}

/** A kibibyte per second: slower than any line over which images are sent. */
export const LEAST_RATE: LeastRate = { windowMs: 60_000, bytes: 60 * 1024 };

/**
 * Closes the connection of a request whose body comes so slowly that it only keeps the connection from others.
 *
 * @returns ends the watch, when the request is answered
 */
export function endSlowBody(
  request: IncomingMessage,
  { windowMs, bytes }: LeastRate = LEAST_RATE,
): () => void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    if (request.complete) {
      clearInterval(timer);
      return;
    }
    if (socket.bytesRead - before < bytes) socket.destroy();
    before = socket.bytesRead;
  }, windowMs);
  timer.unref();
  return () => clearInterval(timer);
}
