import { once } from "node:events";

/** Writes to a stream and waits while its buffer is full, so that a slow reader slows the writer down. */
export async function writeChunk(stream: NodeJS.WriteStream, chunk: Uint8Array): Promise<void> {
  if (!stream.write(chunk)) await once(stream, "drain");
}
