import { file, ociArchive, paxRecord, plain } from "../support/archives.ts";
import type { Random } from "../support/random.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";
import { readArchive } from "./read-archive.ts";

const KEYWORDS = [
  "path",
  "linkpath",
  "size",
  "uid",
  "gid",
  "mtime",
  "hdrcharset",
  "SCHILY.xattr.user.a",
  "SCHILY.xattr.security.capability",
  "SCHILY.xattr.trusted.overlay.opaque",
  "SCHILY.acl.access",
  "LIBARCHIVE.xattr.user.%zz%41",
  "GNU.sparse.major",
  "GNU.sparse.minor",
  "GNU.sparse.name",
  "GNU.sparse.realsize",
  "GNU.sparse.size",
  "GNU.sparse.map",
  "GNU.sparse.offset",
  "GNU.sparse.numbytes",
];
const VALUES = [
  "",
  "0",
  "1",
  "5",
  "512",
  "-1",
  "-0.5",
  "1.999999999999",
  "18446744073709551616",
  "9007199254740993",
  "1e9",
  "0,5,5,0",
  "0,512,1000,1",
  "../../x",
  "a/b/c",
  "\0",
  "=\n",
  "ÿ",
];
const CONTENTS = ["", "x", "12345", "1\n0\n5\n", "2\n0\n1\n600\n1\n", "9999999999\n"];

/** Records of every keyword with every kind of value, and lengths that lie. */
export const paxTarget: FuzzTarget = {
  make(random) {
    const entries = Array.from({ length: 1 + random.below(3) }, (_, index) => [
      { name: "PaxHeader", type: random.chance(0.15) ? "g" : "x", content: records(random) },
      file(`f${index}`, random.pick(CONTENTS).padEnd(random.pick([0, 512, 513])), {
        type: random.pick(["0", "0", "0", "1", "2", "3", "5", "S"]),
        linkName: random.pick(["", "f0", "../x"]),
      }),
    ]);
    return ociArchive([plain(entries.flat())]);
  },
  read: readArchive,
};

function records(random: Random): Buffer {
  const bytes = Buffer.concat(
    Array.from({ length: random.below(4) }, () =>
      paxRecord(random.pick(KEYWORDS), random.pick(VALUES)),
    ),
  );
  return random.chance(0.2) ? mutate(random, bytes) : bytes;
}
