import { decompress, decompressZstd, detectCompression } from "../../src/oci/decompress.ts";

/** Frames of Zstandard whose blocks are stored as they are (RFC 8878). */
function zstdFrame(content: Buffer, { windowDescriptor = 0x50 } = {}): Buffer {
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, windowDescriptor])];
  for (let at = 0; at === 0 || at < content.length; at += 65_536) {
    const block = content.subarray(at, at + 65_536);
    const isLast = at + 65_536 >= content.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

/** Its only block has the reserved type 3. */
function damagedFrame(): Buffer {
  const bytes = zstdFrame(Buffer.from("x"));
  bytes.writeUInt8(bytes.readUInt8(6) | 6, 6);
  return bytes;
}

function skippableFrame(length: number): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a53, 0);
  header.writeUInt32LE(length, 4);
  return Buffer.concat([header, Buffer.alloc(length, 7)]);
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7919) >> 5));

describe.each([
  ["of this Node", (source: AsyncIterable<Buffer>) => decompress(source, "zstd")],
  ["in JavaScript", decompressZstd],
])("zstd %s", (_, unpack) => {
  test.each([1000, 65_537, 1 << 20])("is read in pieces of %i bytes", async (size) => {
    const frames = [zstdFrame(CONTENT), skippableFrame(5000), zstdFrame(Buffer.from("end"))];
    const expected = Buffer.concat([CONTENT, Buffer.from("end")]);
    expect((await all(unpack(inPieces(Buffer.concat(frames), size)))).equals(expected)).toBe(true);
  });

  test("of thousands of frames is read", async () => {
    const frames = Buffer.concat(
      Array.from({ length: 20_000 }, () => zstdFrame(Buffer.from("ab"), { windowDescriptor: 0 })),
    );
    expect((await all(unpack(inPieces(frames, 1 << 20)))).length).toBe(40_000);
  });

  test.each([3, 5, 8, 1000, 200_000])("that ends after %i bytes is refused", async (length) => {
    const bytes = zstdFrame(CONTENT).subarray(0, length);
    await expect(all(unpack(inPieces(bytes, 700)))).rejects.toThrow("unexpected end of file");
  });

  test.each([
    ["is followed by something else", Buffer.concat([zstdFrame(CONTENT), Buffer.alloc(50, 1)])],
    ["has a block of a type that does not exist", damagedFrame()],
    ["asks for a window of 2 GiB", zstdFrame(CONTENT, { windowDescriptor: 0xa8 })],
  ])("that %s is refused", async (_, bytes) => {
    await expect(all(unpack(inPieces(bytes, 1 << 20)))).rejects.toThrow();
  });
});

test.each([
  ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "gzip"],
  ["zstd", zstdFrame(CONTENT), "zstd"],
  ["zstd after a skippable frame", skippableFrame(4), "zstd"],
  ["xz", Buffer.from("fd377a585a00", "hex"), { unsupported: "xz" }],
  ["bzip2", Buffer.from("BZh91AY"), { unsupported: "bzip2" }],
  ["a name in a tar", Buffer.from("etc/passwd"), "none"],
  ["nothing", Buffer.alloc(0), "none"],
])("%s is told by its first bytes", (_, head, expected) => {
  expect(detectCompression(head)).toEqual(expected);
});
