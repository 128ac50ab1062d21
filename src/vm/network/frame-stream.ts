/** The largest frame that QEMU sends or takes (NET_BUFSIZE in its include/net/net.h). */
export const MAX_FRAME_BYTES = 4096 + 65536;

const LENGTH_BYTES = 4;

/** The other side does not keep to the framing: nothing that comes after can be trusted. */
export class FramingError extends Error {}

/**
 * Cuts a byte stream of QEMU's (`-netdev stream`, `-netdev socket`, `filter-redirector`) into Ethernet
 * frames: each has its length before it, 4 bytes in network order.
 */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * Takes the next bytes and gives the frames that are complete with them.
   *
   * @throws {FramingError} when a frame claims to be larger than any can be
   */
  *push(chunk: Buffer): Generator<Buffer> {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let offset = 0;
    while (bytes.length - offset >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(offset);
      if (length > MAX_FRAME_BYTES) throw new FramingError(`a frame of ${length} bytes`);
      const end = offset + LENGTH_BYTES + length;
      if (end > bytes.length) break;
      yield bytes.subarray(offset + LENGTH_BYTES, end);
      offset = end;
    }
    this.#pending = bytes.subarray(offset);
  }
}

/** A frame as it goes into such a stream. */
export function encodeFrame(frame: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH_BYTES + frame.length);
  bytes.writeUInt32BE(frame.length);
  bytes.set(frame, LENGTH_BYTES);
  return bytes;
}
