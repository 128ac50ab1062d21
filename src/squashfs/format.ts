/**
 * Numbers of the squashfs 4.0 format that both its reader and its writer need. All integers of the format
 * are little-endian.
 *
 * @see https://dr-emann.github.io/squashfs/
 * @see https://docs.kernel.org/filesystems/squashfs.html
 */

export const SUPERBLOCK_SIZE = 96;
export const SUPERBLOCK_MAGIC = 0x73717368;

/** Uncompressed bytes of a metadata block; the last one of a table may have fewer. */
export const METADATA_BLOCK_SIZE = 8192;
/** In a metadata block's 16-bit header: the block is not compressed. */
export const METADATA_UNCOMPRESSED = 0x8000;

/** In the 32-bit size of a data or fragment block: the block is not compressed. */
export const DATA_UNCOMPRESSED = 1 << 24;

/** "None" for a fragment, and for an inode's extended attributes. */
export const NONE = 0xffff_ffff;
/** The position of a table that is not there. */
export const NO_TABLE = 0xffff_ffff_ffff_ffffn;

export const FRAGMENT_ENTRY_SIZE = 16;
export const XATTR_ID_SIZE = 16;

/** An inode's type; the extended form of each is 7 more. */
export const INODE_TYPES = {
  directory: 1,
  file: 2,
  symlink: 3,
  "block-device": 4,
  "character-device": 5,
  fifo: 6,
} as const;
export const EXTENDED = 7;

/** Entries behind one header of a directory's listing, at most. */
export const ENTRIES_PER_HEADER = 256;
/** A directory's size counts "." and "..", which are not in its listing, as 3 bytes. */
export const LISTING_EXTRA_SIZE = 3;

/** What the number of an extended attribute's namespace stands for. */
export const XATTR_PREFIXES = ["user.", "trusted.", "security."] as const;
/** In an attribute's type: the value is stored elsewhere. */
export const XATTR_OUT_OF_LINE = 0x0100;

/** Flags of the superblock. All but `compressorOptions` only inform. */
export const FLAGS = {
  deduplicated: 0x0040,
  exportable: 0x0080,
  noXattrs: 0x0200,
  compressorOptions: 0x0400,
} as const;

/** What `gzip` means without options: the level and the window's logarithm. */
export const GZIP_DEFAULT_LEVEL = 9;
export const GZIP_DEFAULT_WINDOW = 15;
