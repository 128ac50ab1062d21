import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from "../../../src/vm/network/frame-stream.ts";

const frames = [Buffer.from("a frame"), Buffer.alloc(0), Buffer.alloc(MAX_FRAME_BYTES, 7)];
const stream = Buffer.concat(frames.map(encodeFrame));

test.each([1, 3, 1000, 65_536, stream.length])(
  "the frames of a stream are the same when it comes in pieces of %d bytes",
  (size) => {
    const reader = new FrameReader();
    const found: Buffer[] = [];
    for (let offset = 0; offset < stream.length; offset += size) {
      for (const frame of reader.push(stream.subarray(offset, offset + size))) found.push(frame);
    }
    expect(found.map((frame) => frame.length)).toEqual(frames.map((frame) => frame.length));
    expect(Buffer.concat(found).equals(Buffer.concat(frames))).toBe(true);
  },
);

test("a frame that claims to be larger than QEMU's are is refused before it is stored", () => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAX_FRAME_BYTES + 1);
  expect(() => [...new FrameReader().push(length)]).toThrow(`${MAX_FRAME_BYTES + 1} bytes`);
});
