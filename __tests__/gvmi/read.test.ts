import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GvmiFormatError } from "../../src/errors.ts";
import { type Gvmi, inspectGvmi, readGvmi } from "../../src/gvmi/read.ts";
import { encodeTrailer } from "../../src/gvmi/trailer.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { superblock, trailer } from "../support/gvmi.ts";

async function read(bytes: Buffer): Promise<Gvmi> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image.gvmi");
    await writeFile(path, bytes);
    return await readGvmi(path);
  });
}

const gvmi = (json: string, squashfs = superblock()) => Buffer.concat([squashfs, trailer(json)]);

test("a .gvmi tells its volumes, directory, environment and sizes", async () => {
  const json = JSON.stringify({
    Volumes: { "/golem/work": {}, "/golem/input": {} },
    WorkingDir: "/golem/work",
    Env: ["A=1"],
    Entrypoint: ["/entry"],
    Cmd: ["arg"],
    Hostname: "0123456789ab",
  });
  expect(await read(gvmi(json, superblock(4096)))).toMatchObject({
    volumes: ["/golem/input", "/golem/work"],
    workingDirectory: "/golem/work",
    env: ["A=1"],
    entrypoint: ["/entry"],
    cmd: ["arg"],
    metadata: { Hostname: "0123456789ab" },
    superblock: { compression: "gzip", blockSize: 131_072, inodeCount: 12, bytesUsed: 4096 },
    squashfsBytes: 4096,
    trailerBytes: json.length + 12,
    size: 4096 + json.length + 12,
  });
});

test("a .gvmi as the official converter writes it, with nulls, is read", async () => {
  const json =
    '{"Cmd":null,"Env":null,"Volumes":null,"WorkingDir":"","Entrypoint":null,"OnBuild":null}';
  expect(await read(gvmi(json))).toMatchObject({
    volumes: [],
    workingDirectory: "/",
    env: [],
    cmd: [],
  });
});

test("inspecting a .gvmi adds its hashes", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image.gvmi");
    const bytes = gvmi("{}");
    await writeFile(path, bytes);
    expect(await inspectGvmi(path)).toMatchObject({
      path,
      hash: createHash("sha3-224").update(bytes).digest("hex"),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      size: bytes.length,
    });
  });
});

test("what is encoded is what the format's description says", () => {
  const json = '{"Labels":{"a":"é"}}';
  expect(encodeTrailer(json)).toEqual(trailer(json));
});

const sound = gvmi('{"Cmd":["x"]}');
const ending = (text: string) => Buffer.concat([sound.subarray(0, -8), Buffer.from(text)]);
const flipped = (at: number) => {
  const bytes = Buffer.from(sound);
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
};

describe("a file is refused that", () => {
  test.each<[string, Buffer, string]>([
    ["is empty", Buffer.alloc(0), "has 0 bytes"],
    ["has 11 bytes", Buffer.alloc(11, "0"), "has 11 bytes"],
    ["ends with no digits", ending("0000001x"), "expected 8 digits"],
    ["ends with a sign", ending("+0000013"), "expected 8 digits"],
    ["ends with spaces", ending("      13"), "expected 8 digits"],
    ["says it is larger than it is", ending("99999999"), "99999999 bytes"],
    ["says its metadata is shorter", ending("00000012"), "CRC"],
    ["has a flipped bit in its metadata", flipped(sound.length - 12), "CRC"],
    ["has a flipped bit in its CRC", flipped(96), "CRC"],
    ["has metadata that is no JSON", gvmi("{"), "not JSON"],
    ["has no metadata", gvmi(""), "not JSON"],
    [
      "has metadata that is no UTF-8",
      Buffer.concat([superblock(), trailer(Buffer.from([0x22, 0xff, 0x22]))]),
      "not JSON",
    ],
    ["has metadata that is no object", gvmi("[]"), "malformed"],
    ["has metadata of other types", gvmi('{"Env":[1]}'), 'malformed at "Env.0"'],
    ["has a volume with a comma", gvmi('{"Volumes":{"/a,b":{}}}'), '"/a,b" contains a comma'],
    ["has no squashfs", gvmi("{}", Buffer.alloc(96)), "hsqs"],
    ["has nothing before its trailer", trailer("{}"), "hsqs"],
    ["has a truncated superblock", gvmi("{}", superblock().subarray(0, 50)), "superblock"],
    ["has lost the end of its squashfs", gvmi("{}", superblock(4096).subarray(0, 4000)), "cut off"],
    ["has another squashfs version", edited((bytes) => bytes.writeUInt16LE(3, 28)), "version 3.0"],
    [
      "has an unknown compressor",
      edited((bytes) => bytes.writeUInt16LE(9, 20)),
      "unknown compressor",
    ],
    ["has a block size of 0", edited((bytes) => bytes.writeUInt32LE(0, 12)), "block size of 0"],
    [
      "has another block logarithm",
      edited((bytes) => bytes.writeUInt16LE(16, 22)),
      "logarithm of 16",
    ],
    [
      "has a table behind its end",
      edited((bytes) => bytes.writeBigUInt64LE(96n, 64)),
      "behind its end",
    ],
    [
      "has its root behind its end",
      edited((bytes) => bytes.writeBigUInt64LE(99n << 16n, 32)),
      "behind its end",
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await read(bytes).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(GvmiFormatError);
    expect(error?.message).toContain("is not a sound .gvmi.");
    expect(error?.message).toContain(message);
  });

  test("does not exist, or is a directory", async () => {
    await expect(readGvmi("/nowhere/x.gvmi")).rejects.toThrow("There is no file /nowhere/x.gvmi.");
    await expect(readGvmi("/")).rejects.toThrow(GvmiFormatError);
  });
});

function edited(edit: (bytes: Buffer) => void): Buffer {
  return gvmi("{}", superblock(96, edit));
}
