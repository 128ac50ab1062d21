import type { Random } from "../support/random.ts";

const BYTES = [0, 1, 9, 0x0a, 0x20, 0x2f, 0x30, 0x37, 0x38, 0x3d, 0x7f, 0x80, 0xc0, 0xff];
const TEXTS = [
  "-1",
  "0",
  "7777777",
  "99999999999999999999",
  "..",
  "/",
  "../..",
  ".wh.",
  "\0",
  "\n",
  "sha256:",
];

/** Damages a copy of the bytes in one to a few places. */
export function mutate(random: Random, bytes: Buffer): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0 && result.length > 0; count--) {
    result = mutateOnce(random, result);
  }
  return result;
}

function mutateOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  const length = Math.min(
    bytes.length - at,
    random.pick([1, 4, 12, 512, 1024, random.below(5000)]),
  );
  switch (random.below(8)) {
    case 0:
      bytes[at] = random.pick(BYTES);
      return bytes;
    case 1:
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    case 2:
      bytes.write(random.pick(TEXTS), at, "latin1");
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 6:
      bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length));
      return bytes;
    default:
      return bytes.fill(random.pick(BYTES), at, at + length);
  }
}
