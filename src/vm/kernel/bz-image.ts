/** The kernel proper inside a bzImage, still compressed. */
export interface BzImagePayload {
  readonly format: "gzip" | "xz" | "zstd";
  readonly compressed: Buffer;
  /** Bytes of the kernel uncompressed, as the image says. */
  readonly size: number;
}

const HEADER_END = 0x250;
const SETUP_SECTORS = 0x1f1;
const BOOT_FLAG = 0x1fe;
const MAGIC = 0x202;
const VERSION = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR = 512;
const DEFAULT_SETUP_SECTORS = 4;
/** The first version of the boot protocol that tells where the payload is. */
const LEAST_VERSION = 0x0208;
const SIZE_LENGTH = 4;

/** lz4's, bzip2's, lzma's and lzo's are left out: no distribution of today compresses its kernel with them. */
const FORMATS = [
  { format: "gzip", magic: Buffer.from([0x1f, 0x8b, 0x08]) },
  { format: "xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { format: "zstd", magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
] as const;

/**
 * Finds the kernel inside a bzImage.
 *
 * @returns undefined for what is no bzImage, or one whose compression is not known here
 * @see https://docs.kernel.org/arch/x86/boot.html
 */
export function findPayload(image: Buffer): BzImagePayload | undefined {
  if (image.length < HEADER_END) return undefined;
  const isBzImage =
    image.readUInt16LE(BOOT_FLAG) === 0xaa55 && image.toString("latin1", MAGIC, VERSION) === "HdrS";
  if (!isBzImage || image.readUInt16LE(VERSION) < LEAST_VERSION) return undefined;
  const setup = ((image[SETUP_SECTORS] || DEFAULT_SETUP_SECTORS) + 1) * SECTOR;
  const start = setup + image.readUInt32LE(PAYLOAD_OFFSET);
  const end = start + image.readUInt32LE(PAYLOAD_LENGTH);
  if (end > image.length || end - start <= SIZE_LENGTH) return undefined;
  const found = FORMATS.find(({ magic }) =>
    image.subarray(start, start + magic.length).equals(magic),
  );
  if (!found) return undefined;
  const { format } = found;
  // The kernel's build appends the size to all but gzip, whose own last bytes it is.
  const compressed = image.subarray(start, format === "gzip" ? end : end - SIZE_LENGTH);
  return { format, compressed, size: image.readUInt32LE(end - SIZE_LENGTH) };
}
